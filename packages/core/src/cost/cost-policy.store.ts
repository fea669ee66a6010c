import { desc } from "drizzle-orm";
import type { Tx } from "../ports/index.ts";
import { type CostPolicy, costPolicySchema, DEFAULT_COST_POLICY, FIRST_VERSION } from "./cost-policy.ts";
import { costPolicyVersion } from "./cost.sql.ts";

export interface CostPolicyVersion {
  /** 0 for the default, before anyone wrote one. */
  readonly version: number;
  readonly policy: CostPolicy;
  readonly createdBy: string | null;
  readonly createdAt: Date | null;
}

const FIRST: CostPolicyVersion = {
  version: FIRST_VERSION,
  policy: DEFAULT_COST_POLICY,
  createdBy: null,
  createdAt: null,
};

/** Every version of the cost policy, the one in force first; the default is the last. */
export const listCostPolicies = async (tx: Tx): Promise<CostPolicyVersion[]> => [
  ...(await tx.select().from(costPolicyVersion).orderBy(desc(costPolicyVersion.version))).map((row) => ({
    ...row,
    policy: costPolicySchema.parse(row.policy),
  })),
  FIRST,
];

/** The cost policy in force. */
export const readCostPolicy = async (tx: Tx): Promise<CostPolicyVersion> => {
  const [row] = await tx.select().from(costPolicyVersion).orderBy(desc(costPolicyVersion.version)).limit(1);
  return row ? { ...row, policy: costPolicySchema.parse(row.policy) } : FIRST;
};

/** Stores the next version. Throws an exists Problem when someone else wrote it first. */
export const storeCostPolicy = async (tx: Tx, version: typeof costPolicyVersion.$inferInsert): Promise<void> => {
  await tx.insert(costPolicyVersion).values(version);
};
