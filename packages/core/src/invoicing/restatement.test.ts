import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { COST_HEADER, costLine } from "../../testing/cost-csv.ts";
import { place } from "../../testing/database.ts";
import { billedTenants, recordDaily } from "../../testing/invoicing.ts";
import { type TestWorld, testWorld } from "../../testing/world.ts";
import { allocatePeriod } from "../allocation/index.ts";
import { importCur } from "../cost/index.ts";
import { csvText } from "../kernel/index.ts";
import { exact, sumExact, toText } from "../money/index.ts";
import type { Call } from "../record/index.ts";
import { eachDay, month, monthPeriod } from "../time/index.ts";
import {
  approveInvoice,
  type ExplainNode,
  explainInvoice,
  generateInvoice,
  listLines,
  listRestatements,
  restatePeriod,
  submitInvoice,
} from "./index.ts";

let world: TestWorld;
let admin: Call;
let approver: Call;
const TENANTS = ["TEN-A", "TEN-B", "TEN-C"];

/** Shared NAT of a month, a third of it each tenant's, and 10.5 of each tenant's own. */
const deliver = async (of: "09" | "10", nat: string, name: string): Promise<void> => {
  const lines = [
    costLine(1, { type: "USE1-NatGateway-Bytes", cost: nat, month: of }),
    ...TENANTS.map((tag, index) => costLine(20 + index, { cost: "10.5", tag, month: of })),
  ];
  const path = await place(world.folder, name, csvText(COST_HEADER, lines));
  const [imported] = await importCur.run(admin, { path });
  expect(imported).toMatchObject({ status: "active" });
  await allocatePeriod.run(admin, { period: `2025-${of}` });
};

const draft = (tenantId: string, of: "09" | "10") => {
  const { start, end } = monthPeriod(month(`2025-${of}`));
  return generateInvoice.run(admin, { tenant_id: tenantId, period_start: start, period_end: end });
};
const issue = async (tenantId: string, of: "09" | "10") => {
  const { invoice_id, digest } = await draft(tenantId, of);
  await submitInvoice.run(admin, { invoice_id });
  return approveInvoice.run(approver, { invoice_id, digest });
};
const restate = () => restatePeriod.run(admin, { period: "2025-09" });
const standing = async (tenantId: string) =>
  (await listRestatements.run(admin, { period: "2025-09" })).invoices.find((one) => one.tenant_id === tenantId);

beforeAll(async () => {
  world = await testWorld("2025-10-08T08:00:00Z");
  admin = callAs(world, actorOf("admin", "sam"));
  approver = callAs(world, actorOf("approver", "anna"));
  await billedTenants(admin, TENANTS);
  await deliver("09", "120", "first.csv");
});
afterAll(() => world.close());

test("before the first invoice is issued a new delivery restates nothing", async () => {
  expect(await restate()).toMatchObject({ restatement_id: null, invoices: [] });
  for (const tenantId of ["TEN-A", "TEN-B"]) await issue(tenantId, "09");
  expect(await restate()).toMatchObject({ restatement_id: expect.stringMatching(/^RST-/), invoices: [] });
});

test("a delivery after billing makes a difference per tenant, priced with the markup that was rated with", async () => {
  world.clock.set("2025-11-08T08:00:00Z");
  await deliver("09", "180", "second.csv");
  const { invoices } = await restate();
  // 60 instead of 40 of NAT for each, at 25 percent above cost; TEN-C has no invoice to restate.
  expect(invoices.map((one) => [one.tenant_id, one.outcome, one.amount_usd_exact, one.cost_usd_exact])).toEqual([
    ["TEN-A", "adjustment", "25", "20"],
    ["TEN-B", "adjustment", "25", "20"],
  ]);
  expect(invoices[0]?.lines).toMatchObject([
    {
      line_id: "1/sku/nat",
      restated_amount_usd_exact: "75.00",
      adjustment_amount_usd_exact: "25",
      corrects: [{ invoice_id: "INV-202509-A", amount: "50.00", cost: "40" }],
    },
  ]);
});

test("restating the same allocation again stores nothing; rows point to what they correct and are never edited", async () => {
  const before = await restate();
  expect(await restate()).toEqual(before);
  const rows = await world.database.transaction("operator", (tx) =>
    world.database.rows<{ kind: string; amount: string; corrects: string | null }>(
      tx,
      sql`select kind, amount_usd::text as amount, corrects_invoice_id as corrects from restatement_row where tenant_id = 'TEN-A' order by restatement_id, row_no`,
    ),
  );
  expect(rows.map((row) => [row.kind, toText(exact(row.amount)), row.corrects])).toEqual([
    ["reversal", "-50", "INV-202509-A"],
    ["restated", "75", null],
  ]);
  const edit = world.database.transaction("operator", (tx) => tx.execute("update restatement_row set amount_usd = 0"));
  await expect(edit).rejects.toThrow(/append-only/);
});

test("the tenant's next invoice brings the difference, with what it corrects", async () => {
  const days = eachDay(monthPeriod(month("2025-10")));
  for (const tenantId of TENANTS) await recordDaily(admin, { tenantId, metric: "nat_gb_processed", value: "4", days });
  await deliver("10", "120", "october.csv");
  const { invoice_id } = await draft("TEN-A", "10");
  const { lines } = await listLines.run(admin, { invoice_id });
  const corrections = lines.filter((line) => line.line_type === "adjustment");
  expect(corrections).toMatchObject([
    {
      title: "Correction of 2025-09, INV-202509-A: Private network",
      amount_usd: 25,
      cost_usd_exact: "20",
      service_start: "2025-09-01",
      references: { adjusts: { invoice_id: "INV-202509-A" } },
    },
  ]);
  expect((await standing("TEN-A"))?.billed_on).toEqual([{ invoice_id, status: "draft" }]);
  expect(await issue("TEN-A", "10")).toMatchObject({ status: "issued" });
  expect((await standing("TEN-A"))?.billed_on).toEqual([{ invoice_id, status: "issued" }]);
  expect((await standing("TEN-B"))?.billed_on).toEqual([]);
});

const all = (node: ExplainNode): ExplainNode[] => [node, ...[...node.children, ...node.from].flatMap(all)];

test("a correction is explained down to the cost lines of the later delivery, and recomputes", async () => {
  const { tree, verification } = await explainInvoice.run(admin, { invoice_id: "INV-202510-A", verify: true });
  expect(verification?.checks.filter((check) => !check.equal)).toEqual([]);
  for (const node of all(tree).filter((one) => one.children.length > 0))
    expect(toText(sumExact(node.children.map((child) => exact(child.amount)))), node.path).toBe(
      toText(exact(node.amount)),
    );
  const correction = all(tree).find((node) => node.kind === "line" && node.text.startsWith("Correction"));
  expect(correction?.children.map((step) => [step.text, step.amount])).toEqual([
    ["restated with the cost delivered since", "75.00"],
    ["less line 4 of INV-202509-A", "-50"],
  ]);
  const pools = all(tree).filter((node) => node.kind === "cost_lines" && node.amount === "180");
  expect(JSON.stringify(pools[0]?.facts)).toContain("second.csv");
});

test("the invoice that was corrected still recomputes to what it says", async () => {
  const { verification } = await explainInvoice.run(admin, { invoice_id: "INV-202509-A", verify: true });
  expect(verification).toMatchObject({ equal: true });
});

test("once billed nothing is owed, and nothing is billed twice", async () => {
  expect(await standing("TEN-A")).toMatchObject({ outcome: "none", amount_usd_exact: "0", cost_usd_exact: "0" });
  expect(await standing("TEN-B")).toMatchObject({ outcome: "adjustment", amount_usd_exact: "25" });
});

test("a draft that corrects what is no longer owed is not issued until it is drafted again", async () => {
  const { invoice_id, digest } = await draft("TEN-B", "10");
  await submitInvoice.run(admin, { invoice_id });
  await deliver("09", "150", "third.csv");
  await restate();
  await expect(approveInvoice.run(approver, { invoice_id, digest })).rejects.toMatchObject({
    kind: "precondition",
    message: expect.stringContaining("no longer owed"),
  });
});

test("a second restatement bills only the difference to all that was billed so far", async () => {
  // 50 of NAT now: TEN-A paid for 40 and 20 more, TEN-B for 40.
  expect(await standing("TEN-A")).toMatchObject({ amount_usd_exact: "-12.5", cost_usd_exact: "-10" });
  expect(await standing("TEN-B")).toMatchObject({ amount_usd_exact: "12.5", cost_usd_exact: "10" });
  const [line] = (await standing("TEN-A"))?.lines ?? [];
  expect(line?.corrects.map((part) => [part.invoice_id, part.amount])).toEqual([
    ["INV-202509-A", "50.00"],
    ["INV-202510-A", "25.00"],
  ]);
});

test("a difference below the limit is the operator's and reaches no invoice", async () => {
  await deliver("09", "122", "fourth.csv");
  await restate();
  expect(await standing("TEN-B")).toMatchObject({ outcome: "operator", amount_usd_exact: "0.83" });
  const { invoice_id } = await draft("TEN-B", "10");
  const { lines } = await listLines.run(admin, { invoice_id });
  expect(lines.filter((one) => one.line_type === "adjustment")).toEqual([]);
  expect(await issue("TEN-B", "10")).toMatchObject({ status: "issued" });
});
