import { jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { instantColumn, type Json } from "../kernel/index.ts";
import type { PromotionId, PromotionState } from "./promotion.ts";

/** A change of rules on its way: proposed, rehearsed, then in force or rejected. */
export const rulePromotion = pgTable("rule_promotion", {
  promotionId: text("promotion_id").$type<PromotionId>().primaryKey(),
  proposal: jsonb("proposal").$type<Json>().notNull(),
  state: text("state").$type<PromotionState>().notNull(),
  /** Digest of the proposal and of what its rehearsal showed: what an approver approves. */
  digest: text("digest").notNull(),
  effects: jsonb("effects").$type<Json>().notNull(),
  proposedBy: jsonb("proposed_by").$type<readonly string[]>().notNull(),
  reason: text("reason"),
  createdAt: instantColumn("created_at").notNull(),
  changedAt: instantColumn("changed_at").notNull(),
});
