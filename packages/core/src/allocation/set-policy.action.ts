import { z } from "zod";
import { dayInput, digestOf } from "../kernel/index.ts";
import { action } from "../record/index.ts";
import { type Day, dayOf } from "../time/index.ts";
import { type AllocationPolicy, allocationPolicySchema } from "./policy.ts";
import { lockRules, newestAllocationPolicy, storeAllocationPolicy } from "./rules.store.ts";
import { refuseSettled } from "./settled.store.ts";

const shown = (version: number, effectiveFrom: Day, policy: AllocationPolicy, applied: boolean) => ({
  version,
  effective_from: effectiveFrom,
  policy,
  applied,
});

/**
 * Sets where credits, refunds, discounts, fees and unused commitments go, as a new version for the months that begin on a day (today
 * where none is named) or later. The newest version again changes nothing. Throws a precondition Problem where a billed or closed
 * month would be altered.
 */
export const setAllocationPolicy = action(
  "allocation.policy.set",
  {
    needs: "rules:write",
    input: z.object({ policy: z.strictObject(allocationPolicySchema.shape), effective_from: dayInput.optional() }),
  },
  async (door, { policy, effective_from: from = dayOf(door.now) }) => {
    const newest = await door.load(newestAllocationPolicy);
    if (newest && digestOf(allocationPolicySchema.parse(newest.policy)) === digestOf(policy))
      return door.unchanged(shown(newest.version, newest.effectiveFrom, policy, false));
    await door.load((tx) => refuseSettled(tx, from, "the routing policy"));
    const metadata = { policy, effective_from: from };
    return door.save({ objectType: "allocation_policy", objectId: from, metadata }, async (tx) => {
      await lockRules(tx);
      await refuseSettled(tx, from, "the routing policy");
      const version = ((await newestAllocationPolicy(tx))?.version ?? 0) + 1;
      await storeAllocationPolicy(tx, { version, effectiveFrom: from, policy }, door.now);
      return shown(version, from, policy, true);
    });
  },
);
