import { and, asc, desc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { Tx } from "../ports/index.ts";
import type { Day, Period } from "../time/index.ts";
import { allocationPolicy, allocationRules } from "./allocation.sql.ts";
import { DEFAULT_ALLOCATION_RULES } from "./default-rules.ts";
import { type AllocationPolicy, allocationPolicySchema, DEFAULT_ALLOCATION_POLICY } from "./policy.ts";
import { type AllocationRule, allocationRuleSchema } from "./rule.ts";

const ruleOf = (row: typeof allocationRules.$inferSelect): AllocationRule =>
  allocationRuleSchema.parse({
    rule_id: row.ruleId,
    version: row.version,
    title: row.title,
    order: row.ruleOrder,
    category: row.category,
    selector: row.selector,
    keys: row.keys,
    curve: row.curve,
    floor: row.floor,
    cap: row.cap,
    target: row.target,
    fallback: row.fallback,
    effective_from: row.effectiveFrom,
    effective_to: row.effectiveTo,
    status: row.status,
  });

/** Every stored rule version; the default rules while none was ever stored. */
export const readAllocationRules = async (tx: Tx): Promise<readonly AllocationRule[]> => {
  const rows = await tx
    .select()
    .from(allocationRules)
    .orderBy(asc(allocationRules.ruleId), asc(allocationRules.version));
  return rows.length === 0 ? DEFAULT_ALLOCATION_RULES : rows.map(ruleOf);
};

/** Stores rule versions that are not there yet. A version that is there stays as it is: its definition never changes. */
export const storeAllocationRules = async (tx: Tx, rules: readonly AllocationRule[], now: Date): Promise<void> => {
  if (rules.length === 0) return;
  const rows = rules.map((rule) => ({
    ruleId: rule.rule_id,
    version: rule.version,
    title: rule.title,
    ruleOrder: rule.order,
    category: rule.category,
    selector: rule.selector,
    keys: rule.keys,
    curve: rule.curve,
    floor: rule.floor,
    cap: rule.cap,
    target: rule.target,
    fallback: rule.fallback,
    effectiveFrom: rule.effective_from,
    effectiveTo: rule.effective_to,
    status: rule.status,
    createdAt: now,
  }));
  await tx.insert(allocationRules).values(rows).onConflictDoNothing();
};

/** Moves the status of a rule version: what a promotion or a roll-back does. Answers whether the version is there. */
export const setAllocationRuleStatus = async (
  tx: Tx,
  rule: Pick<AllocationRule, "rule_id" | "version" | "status">,
): Promise<boolean> => {
  const changed = await tx
    .update(allocationRules)
    .set({ status: rule.status })
    .where(and(eq(allocationRules.ruleId, rule.rule_id), eq(allocationRules.version, rule.version)))
    .returning({ version: allocationRules.version });
  return changed.length === 1;
};

/** Makes other changes of rules wait until this transaction ends. */
export const lockRules = async (tx: Tx): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('allocation/rules', 0))`);
};

/**
 * Ends a rule: none of its versions is in force after the day, also none that a later version stood before. A version that would start
 * afterwards is retired.
 */
export const endRule = async (tx: Tx, ruleId: string, lastDay: Day): Promise<void> => {
  const ofRule = and(eq(allocationRules.ruleId, ruleId), eq(allocationRules.status, "active"));
  await tx
    .update(allocationRules)
    .set({ status: "retired" })
    .where(and(ofRule, gt(allocationRules.effectiveFrom, lastDay)));
  await tx
    .update(allocationRules)
    .set({ effectiveTo: lastDay })
    .where(and(ofRule, or(isNull(allocationRules.effectiveTo), gt(allocationRules.effectiveTo, lastDay))));
};

/** The policy that is effective on the period's first day; the default while none was ever stored. */
export const readAllocationPolicy = async (tx: Tx, period: Period): Promise<AllocationPolicy> => {
  const [row] = await tx
    .select()
    .from(allocationPolicy)
    .where(lte(allocationPolicy.effectiveFrom, period.start))
    .orderBy(desc(allocationPolicy.version))
    .limit(1);
  return row ? allocationPolicySchema.parse(row.policy) : DEFAULT_ALLOCATION_POLICY;
};

/** The newest policy version, in force or not yet; undefined while none was ever stored. */
export const newestAllocationPolicy = async (tx: Tx) =>
  (await tx.select().from(allocationPolicy).orderBy(desc(allocationPolicy.version)).limit(1))[0];

/** Stores a policy version. Throws an exists Problem when the version is there. */
export const storeAllocationPolicy = async (
  tx: Tx,
  version: Pick<typeof allocationPolicy.$inferInsert, "version" | "effectiveFrom" | "policy">,
  now: Date,
): Promise<void> => {
  await tx.insert(allocationPolicy).values({ ...version, createdAt: now });
};
