import { allocatePeriod } from "@commops/core/allocation";
import { acceptFinding, costFindings, importCur } from "@commops/core/cost";
import { approveInvoice, generateInvoice, listRestatements, submitInvoice } from "@commops/core/invoicing";
import { csvText } from "@commops/core/kernel";
import { closePeriod, reconciliationExceptions, reconciliationSummary } from "@commops/core/reconciliation";
import { actorOf, callAs } from "@commops/core/testing/actors.ts";
import { COST_HEADER, costLine } from "@commops/core/testing/cost-csv.ts";
import { place } from "@commops/core/testing/database.ts";
import { SEPTEMBER } from "@commops/core/testing/draft-source.ts";
import { billedTenants } from "@commops/core/testing/invoicing.ts";
import { type TestWorld, testWorld } from "@commops/core/testing/world.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type MachineHouse, machineHouse } from "../../testing/machines.ts";

let world: TestWorld;
let house: MachineHouse;
const as = (role: "admin" | "approver" | "finance", name: string = role) => callAs(house.world, actorOf(role, name));

/** NAT of September, shared by two tenants, and 10.5 of each tenant's own. */
const delivery = async (nat: string, more: readonly string[][] = []) => {
  const own = ["TEN-A", "TEN-B"].map((tag, index) => costLine(20 + index, { cost: "10.5", tag }));
  const lines = [costLine(1, { type: "USE1-NatGateway-Bytes", cost: nat }), ...own, ...more];
  const path = await place(world.folder, `nat-${nat}.csv`, csvText(COST_HEADER, lines));
  const [imported] = await importCur.run(as("admin"), { path });
  if (!imported?.delivery_id) throw new Error("nothing was imported");
  return imported;
};

const issue = async (tenant_id: string): Promise<void> => {
  const period = { period_start: SEPTEMBER.start, period_end: SEPTEMBER.end };
  const { invoice_id, digest } = await generateInvoice.run(as("admin"), { tenant_id, ...period });
  await submitInvoice.run(as("admin"), { invoice_id });
  await approveInvoice.run(as("approver"), { invoice_id, digest });
};

beforeEach(async () => {
  world = await testWorld("2025-10-08T08:00:00Z");
  house = machineHouse(world);
  await billedTenants(as("admin"), ["TEN-A", "TEN-B"]);
  await delivery("120");
  await allocatePeriod.run(as("admin"), { period: "2025-09" });
  await house.effects();
});
afterEach(() => world.close());

const restated = () => listRestatements.run(as("admin"), { period: "2025-09" });
const allocations = () => house.executions.filter((one) => one.machine === "allocation");
const settled = async (id: string): Promise<void> => {
  await house.finish("allocation", `delivered-${id}`);
  await house.effects();
};

test("a delivery of a month that nobody was billed for waits for its day", async () => {
  await delivery("180");
  await house.effects();
  expect(allocations()).toEqual([]);
});

test("a delivery of a billed month is allocated, held against its invoices and reconciled without anyone doing anything", async () => {
  for (const tenant of ["TEN-A", "TEN-B"]) await issue(tenant);
  await house.effects();
  const { delivery_id: id } = await delivery("180");
  await settled(id ?? "");
  expect((await restated()).invoices.map((one) => [one.tenant_id, one.outcome, one.amount_usd_exact])).toEqual([
    ["TEN-A", "adjustment", "37.5"],
    ["TEN-B", "adjustment", "37.5"],
  ]);
  const found = await reconciliationSummary.run(as("finance"), { period: "2025-09" });
  expect(found.is_current).toBe(true);
  expect(found.checks.find((check) => check.check === "restatement")).toMatchObject({
    verdict: "warning",
    difference_usd: "75",
    figures: { waiting: 2 },
  });
  const { exceptions } = await reconciliationExceptions.run(as("finance"), { period: "2025-09", state: "open" });
  expect(exceptions.filter((one) => one.check === "restatement").map((one) => one.tenant_id)).toEqual([
    "TEN-A",
    "TEN-B",
  ]);
});

test("a quarantined delivery restates nothing until its last finding is accepted, and then at once", async () => {
  await issue("TEN-A");
  await house.effects();
  const unreadable = costLine(2, { type: "USE1-NatGateway-Bytes", cost: "n/a" });
  const { delivery_id: id, status } = await delivery("180", [unreadable]);
  expect(status).toBe("quarantined");
  await house.effects();
  expect(allocations()).toEqual([]);
  const { findings } = await costFindings.run(as("admin"), { period: "2025-09", state: "open" });
  for (const finding of findings.filter((one) => one.severity === "quarantine"))
    await acceptFinding.run(as("admin"), { finding_id: finding.finding_id, reason: "AWS says that it costs nothing" });
  await settled(id ?? "");
  expect((await restated()).invoices).toMatchObject([{ tenant_id: "TEN-A", outcome: "adjustment" }]);
});

test("a closed month stays closed, and a delivery after the close is still held against what was billed", async () => {
  for (const tenant of ["TEN-A", "TEN-B"]) await issue(tenant);
  house.moveTo("2025-10-20T08:00:00Z");
  await house.run("allocation", "reconciles", { period: "2025-09" });
  await house.effects();
  expect(await closePeriod.run(as("admin"), { period: "2025-09" })).toMatchObject({ state: "closed" });
  const { delivery_id: id } = await delivery("180");
  await settled(id ?? "");
  expect((await restated()).invoices).toMatchObject([{ outcome: "adjustment" }, { outcome: "adjustment" }]);
  expect(await house.run("allocation", "daily")).toMatchObject({ output: { outcome: "nothing_to_allocate" } });
});
