import { desc } from "drizzle-orm";
import { exists } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { approvalPolicy } from "./approvals.sql.ts";
import { type ApprovalPolicy, approvalPolicySchema, NOTHING_BY_POLICY } from "./policy.ts";

export interface PolicyVersion {
  /** 0 where none was ever set. */
  readonly version: number;
  readonly policy: ApprovalPolicy;
  readonly setBy: string | null;
  readonly setAt: Date | null;
}

/** The policy in force: the newest one. */
export const readApprovalPolicy = async (tx: Tx): Promise<PolicyVersion> => {
  const [row] = await tx.select().from(approvalPolicy).orderBy(desc(approvalPolicy.version)).limit(1);
  if (!row) return { version: 0, policy: NOTHING_BY_POLICY, setBy: null, setAt: null };
  const { version, setBy, createdAt: setAt } = row;
  return { version, policy: approvalPolicySchema.parse(row.policy), setBy, setAt };
};

/** Adds a version. Throws an exists Problem where another one was added at the same time. */
export const insertApprovalPolicy = async (tx: Tx, row: typeof approvalPolicy.$inferInsert): Promise<void> => {
  const added = await tx.insert(approvalPolicy).values(row).onConflictDoNothing().returning();
  if (added.length === 0) throw exists("the policy was changed at the same time. Look at it, then change it again.");
};
