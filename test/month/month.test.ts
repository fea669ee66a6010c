import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exact, sumExact, toText } from "@commops/core/money";
import { asOwner, rewriteParquet } from "@commops/core/testing/tampering.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { freePort } from "../../tools/processes.ts";
import { type Books, booksOf, mailsIn, verdictsOf } from "./books.ts";
import { hire, lastMonth, TENANTS } from "./cast.ts";
import { clientOf } from "./client.ts";
import { commops, type ServerProcess, startServer } from "./server.ts";
import { live, type Story, writeCur } from "./story.ts";

let folder: string;
let server: ServerProcess;
let story: Story;
let books: Books;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-month-"));
  const data = join(folder, "data");
  server = await startServer(data, await freePort());
  const people = await hire(data, server.base);
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
  const mails = await mailsIn(join(folder, "data"));
  expect(mails).toEqual(books.invoices.map(({ invoice_id: id }) => `${id.toLowerCase()}.invoice@seller.example`));
});

const verified = z.object({
  verification: z.object({
    equal: z.boolean(),
    checks: z.array(
      z.object({ check: z.string(), equal: z.boolean(), difference: z.object({ path: z.string() }).nullable() }),
    ),
  }),
});

describe("what is changed behind the product's back is named", () => {
  const invoice = (tenantId: string): string =>
    books.invoices.find((found) => found.tenant_id === tenantId)?.invoice_id ?? "none";
  const verify = async (data: string, id: string) => {
    const result = await commops(data, ["invoice", "explain", id, "--verify", "--json"]);
    const { verification } = verified.parse(JSON.parse(result.stdout));
    const places = verification.checks.flatMap(({ check, difference }) =>
      difference ? [`${check} at ${difference.path}`] : [],
    );
    return { exit: result.exit, equal: verification.equal, places };
  };
  /** A copy of the stopped data folder, changed by whoever has the machine. */
  const copyChangedBy = async (name: string, change: (data: string) => Promise<void>): Promise<string> => {
    const data = join(folder, name);
    await cp(join(folder, "data"), data, { recursive: true });
    await change(data);
    return data;
  };
  const unguarded = (table: string, update: string) => (data: string) =>
    asOwner(join(data, "postgres"), [
      `alter table ${table} disable trigger user`,
      update,
      `alter table ${table} enable trigger user`,
    ]);

  beforeAll(() => server.stop("SIGTERM"));

  test("nothing was changed: every invoice verifies from the stopped data folder too", async () => {
    expect(await verify(join(folder, "data"), invoice("TEN-BOREAL"))).toMatchObject({ exit: 0, equal: true });
  });

  test("one allocation row", async () => {
    const row =
      "select id from fact_cost_allocated where tenant_id = 'TEN-BOREAL' and kind = 'allocated' order by id limit 1";
    const update = `update fact_cost_allocated set cost = cost + 0.01 where id = (${row})`;
    const data = await copyChangedBy("allocation", unguarded("fact_cost_allocated", update));
    expect(await verify(data, invoice("TEN-BOREAL"))).toMatchObject({
      exit: 1,
      equal: false,
      places: expect.arrayContaining([expect.stringMatching(/^allocation at .*pool\/.*TEN-BOREAL\/cost$/)]),
    });
  });

  test("one amount of one line", async () => {
    const update = `update invoice_detail set amount_usd = amount_usd + 1 where invoice_id = '${invoice("TEN-ACME")}' and line_no = 1`;
    const data = await copyChangedBy("line", unguarded("invoice_detail", update));
    expect(await verify(data, invoice("TEN-ACME"))).toMatchObject({
      exit: 1,
      equal: false,
      places: [expect.stringMatching(/^rows at .*lines\/1/)],
    });
  });

  test("one value of the columnar cost file", async () => {
    let changed = "";
    const data = await copyChangedBy("cost", async (at) => {
      const names = await readdir(join(at, "files"), { recursive: true });
      changed = names.find((name) => name.endsWith(".parquet")) ?? "";
      const one = "case when file_row_number = 7 then line_item_unblended_cost + 1 else line_item_unblended_cost end";
      await rewriteParquet(join(at, "files", changed), `${one} as line_item_unblended_cost`);
    });
    expect(await verify(data, invoice("TEN-BOREAL"))).toMatchObject({
      exit: 1,
      equal: false,
      places: expect.arrayContaining([expect.stringMatching(/^deliveries at deliveries\/CUR-.*parquet/)]),
    });
  });

  test("one audit event", async () => {
    const update =
      "update audit_event set actor_id = 'USR-nobody' where event_id = (select event_id from audit_seal order by position limit 1)";
    const data = await copyChangedBy("audit", unguarded("audit_event", update));
    const result = await commops(data, ["audit", "verify", "--json"]);
    expect({ exit: result.exit, ...(JSON.parse(result.stdout) as object) }).toMatchObject({
      exit: 1,
      ok: false,
      first_bad: { position: "1" },
    });
  });
});
