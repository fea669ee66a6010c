import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { billableMonth } from "../../testing/invoicing.ts";
import { type TestWorld, testWorld } from "../../testing/world.ts";
import type { Call } from "../record/index.ts";
import {
  approveInvoice,
  decideInvoice,
  generatePeriodDrafts,
  issueInvoice,
  listInvoices,
  submitInvoice,
} from "./index.ts";

let world: TestWorld;
let operator: Call;
let approver: Call;
const TENANTS = Array.from({ length: 22 }, (_, index) => `TEN-${String(index + 1).padStart(2, "0")}`);

beforeAll(async () => {
  world = await testWorld("2025-12-31T22:00:00Z");
  operator = callAs(world, actorOf("billing_operator", "olga"));
  approver = callAs(world, actorOf("approver", "anna"));
  await billableMonth(callAs(world, actorOf("admin", "sam")), TENANTS);
  await generatePeriodDrafts.run(operator, { period: "2025-09" });
});
afterAll(() => world.close());

const approved = async (invoice_id: `INV-${string}`) => {
  const { digest } = await submitInvoice.run(operator, { invoice_id });
  await decideInvoice.run(approver, { invoice_id, digest });
  return digest;
};
const numbers = async () =>
  world.database.transaction("operator", (tx) =>
    world.database.rows<{ number: string; date: string }>(
      tx,
      sql`select document_number as number, issue_date::text as date from invoice_header where document_number is not null order by 1`,
    ),
  );

test("numbers have no gap and none is given twice, however many are issued at once; an issue that fails gives its number back", async () => {
  const { invoices } = await listInvoices.run(operator, { page_size: 200 });
  const ids = invoices.map((invoice) => invoice.invoice_id).slice(0, 20);
  for (const id of ids) await approved(id);
  const failing = world.database.transaction("operator", async (tx) => {
    await tx.execute(sql`insert into document_number values ('MAIN', 'invoice', 2025, 1, '2025-12-31')
      on conflict (entity_id, document_type, fiscal_year) do update set last_number = document_number.last_number + 1`);
    throw new Error("killed");
  });
  const twice = [...ids, ...ids.slice(0, 5)];
  const outcomes = await Promise.allSettled([
    failing,
    ...twice.map((invoice_id) => issueInvoice.run(operator, { invoice_id })),
  ]);
  // The same invoice issued twice at once: one wins, the other may be told to look again; a repeat has the same number.
  for (const invoice_id of ids) await issueInvoice.run(operator, { invoice_id });
  expect(outcomes[0]?.status).toBe("rejected");
  expect((await numbers()).map((row) => row.number)).toEqual(
    Array.from({ length: 20 }, (_, index) => `CO-2025-${String(index + 1).padStart(6, "0")}`),
  );
});

test("dates never fall as numbers rise, even where the clock does, and a fiscal year starts at 1 again", async () => {
  world.clock.set("2025-12-30T22:00:00Z");
  const { invoices } = await listInvoices.run(operator, { status: "draft" });
  const [first, second] = invoices.map((invoice) => invoice.invoice_id);
  if (first === undefined || second === undefined) throw new Error("two drafts are left");
  await approved(first);
  expect(await issueInvoice.run(operator, { invoice_id: first })).toMatchObject({
    number: "CO-2025-000021",
    issue_date: "2025-12-31",
  });
  world.clock.set("2026-01-02T08:00:00Z");
  const digest = await approved(second);
  expect(await approveInvoice.run(approver, { invoice_id: second, digest })).toMatchObject({
    number: "CO-2026-000001",
    issue_date: "2026-01-02",
  });
  const dates = (await numbers()).map((row) => row.date);
  expect(dates).toEqual(dates.toSorted());
});
