import { and, asc, eq, gt, inArray } from "drizzle-orm";
import { invalid, type Json, type PageRequest, type PlanCode } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { exact, multiply, toText } from "../money/index.ts";
import { planMaster, planMetricMap, planVersion } from "./catalog.sql.ts";
import { unitOf } from "./metric.ts";
import { type PlanDefinition, planDigest, planInput, type PublishedPlan } from "./plan.ts";

const definitionOf = (stored: Json): PlanDefinition => {
  const parsed = planInput.safeParse(stored);
  if (!parsed.success) throw invalid("plan_version", "a stored plan does not match its schema");
  return parsed.data;
};

/** The current version of a plan. */
export const readPlan = async (tx: Tx, planCode: string): Promise<PublishedPlan | undefined> => {
  const [row] = await tx
    .select({ definition: planVersion.definition, digest: planVersion.digest })
    .from(planMaster)
    .innerJoin(
      planVersion,
      and(eq(planVersion.planCode, planMaster.planCode), eq(planVersion.version, planMaster.version)),
    )
    .where(eq(planMaster.planCode, planCode));
  return row && { plan: definitionOf(row.definition), digest: row.digest };
};

/** One version of a plan, current or not. */
export const readPlanVersion = async (
  tx: Tx,
  planCode: string,
  version: string,
): Promise<PublishedPlan | undefined> => {
  const [row] = await tx
    .select()
    .from(planVersion)
    .where(and(eq(planVersion.planCode, planCode), eq(planVersion.version, version)));
  return row && { plan: definitionOf(row.definition), digest: row.digest };
};

/** Every version of the named plans: a period's drafts read them once. */
export const readPlanVersions = async (tx: Tx, planCodes: readonly string[]): Promise<PublishedPlan[]> => {
  if (planCodes.length === 0) return [];
  const rows = await tx
    .select()
    .from(planVersion)
    .where(inArray(planVersion.planCode, [...planCodes]));
  return rows.map((row) => ({ plan: definitionOf(row.definition), digest: row.digest }));
};

/** Whether no plan was ever published. */
export const hasNoPlans = async (tx: Tx): Promise<boolean> =>
  (await tx.select({ planCode: planMaster.planCode }).from(planMaster).limit(1)).length === 0;

export const listPlans = async (tx: Tx, request: PageRequest): Promise<PublishedPlan[]> => {
  const rows = await tx
    .select({ definition: planVersion.definition, digest: planVersion.digest })
    .from(planMaster)
    .innerJoin(
      planVersion,
      and(eq(planVersion.planCode, planMaster.planCode), eq(planVersion.version, planMaster.version)),
    )
    .where(request.after === undefined ? undefined : gt(planMaster.planCode, request.after as PlanCode))
    .orderBy(asc(planMaster.planCode))
    .limit(request.size + 1);
  return rows.map((row) => ({ plan: definitionOf(row.definition), digest: row.digest }));
};

const share = (cap: string, fraction: string): string => toText(multiply(exact(cap), exact(fraction)));

/** Publishes a version and makes it the current one. */
export const publishPlan = async (tx: Tx, plan: PlanDefinition, now: Date): Promise<void> => {
  const current = {
    planFamily: plan.plan_family,
    version: plan.version,
    currency: plan.currency,
    basePriceUsd: plan.base_price_usd,
    baseSeats: plan.base_seats,
    metadata: { seat_price_usd: plan.seat_price_usd, minimum_commitment_usd: plan.minimum_commitment_usd },
    effectiveFrom: plan.effective_from,
    effectiveTo: plan.effective_to,
    updatedAt: now,
  };
  await tx
    .insert(planMaster)
    .values({ planCode: plan.plan_code, createdAt: now, ...current })
    .onConflictDoUpdate({ target: planMaster.planCode, set: current });
  await tx.insert(planVersion).values({
    planCode: plan.plan_code,
    version: plan.version,
    definition: plan,
    digest: planDigest(plan),
    publishedAt: now,
  });
  await tx.delete(planMetricMap).where(eq(planMetricMap.planCode, plan.plan_code));
  const caps = Object.entries(plan.entitlements.metrics_caps).map(([metricCode, cap]) => ({
    planCode: plan.plan_code,
    metricCode,
    capValue: cap,
    threshold80: share(cap, "0.8"),
    threshold95: share(cap, "0.95"),
    threshold100: cap,
    unit: unitOf(metricCode),
  }));
  if (caps.length > 0) await tx.insert(planMetricMap).values(caps);
};
