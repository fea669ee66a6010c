import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { type ApprovalId, instantColumn, type Json, tenantColumn } from "../kernel/index.ts";
import type { ApprovalKind, ApprovalState } from "./approval.ts";

/** A decision that waits for a second person. It carries the digest of what was shown. */
export const approvalRequest = pgTable(
  "approval_request",
  {
    approvalId: text("approval_id").$type<ApprovalId>().primaryKey(),
    kind: text("kind").$type<ApprovalKind>().notNull(),
    subjectId: text("subject_id").notNull(),
    tenantId: tenantColumn(),
    subjectDigest: text("subject_digest").notNull(),
    /** Everyone who drafted or changed the subject: none of them may decide. */
    preparedBy: jsonb("prepared_by").$type<readonly string[]>().notNull(),
    requestedBy: text("requested_by").notNull(),
    requestedAt: instantColumn("requested_at").notNull(),
    expiresAt: instantColumn("expires_at").notNull(),
    state: text("state").$type<ApprovalState>().notNull(),
    decidedBy: text("decided_by"),
    decidedAt: instantColumn("decided_at"),
    reason: text("reason"),
    /** 1 asks the approvers, 2 those who decide where they did not. */
    level: integer("level").notNull().default(1),
    /** What the inbox shows: amounts, change against the period before, checks. */
    summary: jsonb("summary").$type<Json>().notNull(),
  },
  (table) => [
    uniqueIndex("approval_one_pending")
      .on(table.kind, table.subjectId)
      .where(sql`state = 'pending'`),
    index("approval_state").on(table.state, table.requestedAt),
  ],
);

/** What may be approved without a person, version by version. Append-only. */
export const approvalPolicy = pgTable("approval_policy", {
  version: integer("version").primaryKey(),
  policy: jsonb("policy").$type<Json>().notNull(),
  setBy: text("set_by").notNull(),
  createdAt: instantColumn("created_at").notNull(),
});

/**
 * Executions that wait for a decision: each by its task token, encrypted. The answer is written with the decision, and given after its
 * commit, as often as it takes.
 */
export const approvalToken = pgTable(
  "approval_token",
  {
    /** SHA-256 of the token. */
    tokenDigest: text("token_digest").primaryKey(),
    /** The request that it waits for; null where the answer was there before anything had to be asked. */
    approvalId: text("approval_id")
      .$type<ApprovalId>()
      .references(() => approvalRequest.approvalId),
    sealedToken: text("sealed_token").notNull(),
    state: text("state").$type<"waiting" | "decided" | "answered" | "dead">().notNull(),
    answer: jsonb("answer").$type<Json>(),
    createdAt: instantColumn("created_at").notNull(),
    changedAt: instantColumn("changed_at").notNull(),
  },
  (table) => [
    index("approval_token_state").on(table.state, table.changedAt),
    index("approval_token_of").on(table.approvalId),
  ],
);
