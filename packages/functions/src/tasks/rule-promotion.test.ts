import { listRules, putRule } from "@commops/core/allocation";
import { listAlerts } from "@commops/core/alerts";
import { Problem } from "@commops/core/kernel";
import { approvePromotion, getPromotion, proposeRules } from "@commops/core/promotion";
import { actorOf, callAs } from "@commops/core/testing/actors.ts";
import { type InvoicingWorld, invoicingWorld } from "@commops/core/testing/invoicing.ts";
import { afterEach, expect, test } from "vitest";
import { type MachineHouse, machineHouse } from "../../testing/machines.ts";

let month: InvoicingWorld;
let house: MachineHouse;
afterEach(() => month.world.close());

const call = (role: "approver" | "platform_engineer" | "admin", name: string) =>
  callAs(house.world, actorOf(role, name));
const natIn = async (period: string) => {
  const { rules } = await listRules.run(month.admin, { period });
  const found = rules.find((rule) => rule.category === "NAT");
  if (!found) throw new Error("there is no NAT rule");
  return found;
};
const definition = async () => {
  const {
    version: _version,
    status: _status,
    effective_from: _from,
    effective_to: _to,
    definition_digest: _digest,
    ...rule
  } = await natIn("2025-10");
  return rule;
};

const propose = async (effective_from = "2025-11-01") => {
  month = await invoicingWorld(["TEN-A"]);
  house = machineHouse(month.world);
  const rules = [{ ...(await definition()), target: "operator" as const }];
  const proposal = { rules, effective_from, max_change_percent: "100" };
  const { promotion_id } = await proposeRules.run(call("platform_engineer", "pat"), proposal);
  await house.effects();
  return promotion_id;
};
/** A rehearsed proposal whose decision is stored, and that its execution has not heard of. */
const approved = async () => {
  const promotion_id = await propose();
  await house.until(() => house.waiting() === 1, "the decision");
  const { digest } = await getPromotion.run(month.admin, { promotion_id });
  await approvePromotion.run(call("approver", "anna"), { promotion_id, digest });
  return promotion_id;
};

test("an approved proposal becomes the next version of its rule from its day on, and what was stays", async () => {
  const promotion_id = await approved();
  expect(await house.finish("rule-promotion", promotion_id)).toMatchObject({ output: { outcome: "promoted" } });
  const [before, after] = [await natIn("2025-10"), await natIn("2025-11")];
  expect(before.target).toBe("tenants");
  expect(after).toMatchObject({ target: "operator", version: before.version + 1, effective_from: "2025-11-01" });
});

test("an approval at the last moment counts, though the wait is over", async () => {
  const promotion_id = await approved();
  house.moveTo("2025-10-22T08:00:01Z");
  expect(await house.find("rule-promotion", promotion_id)?.done).toMatchObject({ output: { outcome: "promoted" } });
  expect(await natIn("2025-11")).toMatchObject({ target: "operator" });
});

test("an approval whose execution was stopped is put in force by a continuation, once", async () => {
  const promotion_id = await approved();
  const { succeed } = house.world.workflows;
  house.world.workflows.succeed = async () => {
    throw new Problem("precondition", "TASK_TIMED_OUT", "the execution was stopped");
  };
  await house.effects();
  house.world.workflows.succeed = succeed;
  const continued = house.executions.at(-1);
  expect(continued?.name).toMatch(/^APR-.*\.decided$/);
  expect(await continued?.done).toMatchObject({ output: { outcome: "promoted", promotion_id } });
  expect(await natIn("2025-11")).toMatchObject({ target: "operator", version: (await natIn("2025-10")).version + 1 });
  expect(house.calls.filter((name) => name === "shadow-rule")).toHaveLength(1);
});

test("a rule that was changed by hand after the approval is not overwritten: nothing is promoted, and the alert says why", async () => {
  const promotion_id = await approved();
  const rule = { ...(await definition()), title: "NAT as finance wants it" };
  await putRule.run(month.admin, { rule, effective_from: "2025-11-01" });
  expect(await house.finish("rule-promotion", promotion_id)).toMatchObject({ status: "FAILED", error: "Precondition" });
  expect(await natIn("2025-11")).toMatchObject({ target: "tenants", title: "NAT as finance wants it" });
  const { alerts } = await listAlerts.run(month.admin, { state: "open" });
  expect(alerts).toMatchObject([{ message: expect.stringContaining("have changed since it was rehearsed") }]);
});

test("a proposal that would alter a billed month, or changes nothing, is rejected before it is rehearsed", async () => {
  month = await invoicingWorld(["TEN-A"]);
  house = machineHouse(month.world);
  await month.issued("TEN-A");
  const outcome = async (rules: Parameters<typeof proposeRules.run>[1]["rules"], effective_from: string) => {
    const { promotion_id } = await proposeRules.run(call("platform_engineer", "pat"), { rules, effective_from });
    await house.effects();
    return house.find("rule-promotion", promotion_id)?.done;
  };
  const rule = await definition();
  expect(await outcome([{ ...rule, target: "operator" }], "2025-09-01")).toMatchObject({
    output: { outcome: "rejected", reason: expect.stringContaining("2025-09 is billed or closed") },
  });
  expect(await outcome([rule], "2025-11-01")).toMatchObject({
    output: { outcome: "rejected", reason: "the rules in force say the same" },
  });
  expect(house.calls).not.toContain("shadow-rule");
});
