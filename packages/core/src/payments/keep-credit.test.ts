import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { placeInvoice, placeTenant } from "../../testing/invoices.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import type { TenantId } from "../kernel/index.ts";
import { month, monthPeriod } from "../time/index.ts";
import { keepCreditNote } from "./index.ts";

let world: TestWorld;
const tenantId = "TEN-A" as TenantId;
const period = monthPeriod(month("2026-06"));
beforeAll(async () => {
  world = await testWorld();
  await placeTenant(world.database, tenantId);
  const line = (amountMinor: bigint) => ({ lines: [{ amountMinor }], tenantId, period });
  await placeInvoice(world.database, { invoiceId: "INV-202606-A", ...line(500n), status: "paid" });
  await placeInvoice(world.database, {
    invoiceId: "INV-202606-A-adjustment-1",
    kind: "adjustment",
    ...line(-8925n),
    status: "paid",
  });
});
afterAll(() => world.close());

const finance = () => callAs(world, actorOf("finance"));
const credits = () =>
  world.database.transaction("operator", (tx) =>
    world.database.rows(tx, sql`select kind, source_id, amount_minor::text, remaining_minor::text from credit_balance`),
  );

test("what a credit note gives is the tenant's credit balance, once", async () => {
  const first = await keepCreditNote.run(finance(), { invoice_id: "INV-202606-A-adjustment-1" });
  expect(await keepCreditNote.run(finance(), { invoice_id: "INV-202606-A-adjustment-1" })).toEqual(first);
  expect(await credits()).toEqual([
    { kind: "credit_note", source_id: "INV-202606-A-adjustment-1", amount_minor: "8925", remaining_minor: "8925" },
  ]);
});

test("an invoice gives no credit", async () => {
  await expect(keepCreditNote.run(finance(), { invoice_id: "INV-202606-A" })).rejects.toMatchObject({
    kind: "precondition",
  });
});
