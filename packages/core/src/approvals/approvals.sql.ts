import { sql } from "drizzle-orm";
import { index, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
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
