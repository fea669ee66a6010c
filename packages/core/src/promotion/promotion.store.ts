import { and, eq, inArray } from "drizzle-orm";
import { missing } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Promotion, PromotionId, PromotionState } from "./promotion.ts";
import { rulePromotion } from "./promotion.sql.ts";

export const insertPromotion = async (tx: Tx, row: Promotion): Promise<void> => {
  await tx.insert(rulePromotion).values(row);
};

/** The promotion; throws a missing Problem. */
export const readPromotion = async (tx: Tx, promotionId: PromotionId): Promise<Promotion> => {
  const [row] = await tx.select().from(rulePromotion).where(eq(rulePromotion.promotionId, promotionId));
  if (!row) throw missing("rule promotion", promotionId);
  return row;
};

/** Changes a promotion where it is in one of the states; answers whether it was. */
export const movePromotion = async (
  tx: Tx,
  of: { readonly promotionId: PromotionId; readonly from: readonly PromotionState[] },
  change: Partial<Pick<Promotion, "state" | "digest" | "effects" | "reason">> & { readonly changedAt: Date },
): Promise<boolean> => {
  const moved = await tx
    .update(rulePromotion)
    .set(change)
    .where(and(eq(rulePromotion.promotionId, of.promotionId), inArray(rulePromotion.state, [...of.from])))
    .returning({ promotionId: rulePromotion.promotionId });
  return moved.length === 1;
};
