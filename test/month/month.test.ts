import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exact, sumExact, toText } from "@commops/core/money";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../tools/processes.ts";
import { type Books, booksOf, mailsIn, verdictsOf } from "./books.ts";
import { hire, lastMonth, TENANTS } from "./cast.ts";
import { clientOf } from "./client.ts";
import { type ServerProcess, startServer } from "./server.ts";
import { live, type Story, writeCur } from "./story.ts";

let folder: string;
let server: ServerProcess;
let story: Story;
let books: Books;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-month-"));
  server = await startServer(folder, await freePort());
  const people = await hire(folder, server.base);
  story = { client: clientOf(server.base), people, month: lastMonth(), curPath: join(folder, "cur.csv") };
  await writeCur(story.curPath, story.month);
  await live(story);
  books = await booksOf(story);
});
afterAll(async () => {
  await server?.stop("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

const sum = (amounts: readonly string[]): string => toText(sumExact(amounts.map(exact)));

test("every tenant has one invoice, paid to the cent, under gapless numbers", () => {
  expect(books.invoices.map(({ tenant_id }) => tenant_id)).toEqual(TENANTS.map(({ tenantId }) => tenantId));
  for (const invoice of books.invoices) {
    expect(invoice.status).toBe("paid");
    expect(exact(invoice.paid)).toEqual(exact(invoice.total));
    expect(sum([invoice.subtotal, invoice.tax])).toBe(toText(exact(invoice.total)));
    expect(sum(invoice.lines.map(({ amount }) => amount))).toBe(toText(exact(invoice.subtotal)));
  }
  expect(books.invoices.map(({ number }) => Number(number?.slice(-4)))).toEqual([1, 2, 3, 4]);
});

test("each payment stands once, and together they are what was invoiced", () => {
  expect(new Set(books.payments.map(({ reference }) => reference)).size).toBe(books.payments.length);
  expect(books.payments.map(({ status }) => status)).toEqual(books.payments.map(() => "confirmed"));
  expect(sum(books.payments.map(({ amount }) => amount))).toBe(sum(books.invoices.map(({ total }) => total)));
});

test("the books balance", () => {
  expect(books.ledger).toMatchObject({ difference: "0.00", is_balanced: true });
  expect(books.ledger.accounts.length).toBeGreaterThan(2);
});

test("the reconciliation adds up: AWS's total is allocated or overhead, and invoiced is what the invoices say", () => {
  const { aws_total_usd_exact: aws, ...found } = books.reconciliation;
  expect(sum([found.allocated_total_usd_exact, found.operator_overhead_usd_exact, found.variance_usd_exact])).toBe(
    toText(exact(aws)),
  );
  expect(found).toMatchObject({
    variance_usd_exact: "0",
    is_current: true,
    status: expect.stringMatching(/ok|warning/),
  });
  expect(toText(exact(found.invoiced_total_usd_exact))).toBe(sum(books.invoices.map(({ subtotal }) => subtotal)));
});

test("each invoice recomputes to what it says, and the audit trail is one whole chain", async () => {
  const { audit, invoices } = await verdictsOf(story);
  expect(audit).toMatchObject({ ok: true, unsealed: 0, first_bad: null });
  expect(audit.checked).toBeGreaterThan(20);
  expect(invoices).toEqual(books.invoices.map(({ invoice_id: id }) => ({ id, equal: true, first_difference: null })));
});

test("each invoice is mailed once", async () => {
  const mails = await mailsIn(folder);
  expect(mails).toEqual(books.invoices.map(({ invoice_id: id }) => `${id.toLowerCase()}.invoice@seller.example`));
});
