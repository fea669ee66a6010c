import { z } from "zod";
import { exists, missing, pageInput, pageOf, pageRequest, planCodeInput, usdNumber } from "../kernel/index.ts";
import { dayOf } from "../time/index.ts";
import { action, view } from "../record/index.ts";
import { listPlans, publishPlan, readPlan, readPlanVersion } from "./catalog.store.ts";
import { checkPlan, type PlanDefinition, planDigest, planInput } from "./plan.ts";

const wirePlan = (plan: PlanDefinition, digest: string) => ({
  ...plan,
  base_price_usd: usdNumber(plan.base_price_usd),
  base_price_usd_exact: plan.base_price_usd,
  seat_price_usd: usdNumber(plan.seat_price_usd),
  seat_price_usd_exact: plan.seat_price_usd,
  minimum_commitment_usd: usdNumber(plan.minimum_commitment_usd),
  minimum_commitment_usd_exact: plan.minimum_commitment_usd,
  entitlements: {
    metrics_caps: Object.fromEntries(
      Object.entries(plan.entitlements.metrics_caps).map(([metric, cap]) => [metric, Number(cap)]),
    ),
  },
  digest,
});

/** Publishes a plan version. A version once published is immutable; publishing the same content again changes nothing. */
export const putPlan = action("catalog.put-plan", { needs: "plan:write", input: planInput }, async (door, plan) => {
  checkPlan(plan);
  const digest = planDigest(plan);
  const [current, published] = await door.load(async (tx) => [
    await readPlan(tx, plan.plan_code),
    await readPlanVersion(tx, plan.plan_code, plan.version),
  ]);
  const result = { created: current === undefined, plan: wirePlan(plan, digest) };
  if (published?.digest === digest) return door.unchanged({ ...result, created: false });
  if (published)
    throw exists(
      `version ${plan.version} of plan ${plan.plan_code} is published and cannot change. Publish a new version.`,
    );
  return door.save(
    { objectType: "plan", objectId: plan.plan_code, metadata: { version: plan.version, digest } },
    async (tx) => {
      await publishPlan(tx, plan, door.now);
      return result;
    },
  );
});

export const getPlan = view(
  "catalog.get-plan",
  { needs: "plan:read", input: z.object({ plan_code: planCodeInput, version: z.string().optional() }) },
  async (door, input) => {
    const found = await door.load((tx) =>
      input.version === undefined ? readPlan(tx, input.plan_code) : readPlanVersion(tx, input.plan_code, input.version),
    );
    if (!found)
      throw missing(
        "plan",
        input.version === undefined ? input.plan_code : `${input.plan_code} version ${input.version}`,
      );
    return wirePlan(found.plan, found.digest);
  },
);

const isTrue = z.union([
  z.boolean(),
  z.enum(["true", "false", "1", "0"]).transform((text) => text === "true" || text === "1"),
]);

export const getPlans = view(
  "catalog.list-plans",
  { needs: "plan:read", input: z.object({ active_only: isTrue.optional(), ...pageInput }) },
  async (door, input) => {
    const request = pageRequest(input.page_size, input.page_token);
    const page = pageOf(await door.load((tx) => listPlans(tx, request)), request, (row) => row.plan.plan_code);
    const today = dayOf(door.now);
    const isActive = (plan: PlanDefinition): boolean =>
      plan.effective_from <= today && (plan.effective_to === null || plan.effective_to >= today);
    return {
      plans: page.rows
        .filter((row) => input.active_only !== true || isActive(row.plan))
        .map((row) => wirePlan(row.plan, row.digest)),
      next_page_token: page.nextToken ?? null,
    };
  },
);
