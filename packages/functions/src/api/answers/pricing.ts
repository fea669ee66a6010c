import { z } from "zod";
import { decimal } from "./fields.ts";

/** What an estimate comes to; every amount is exact decimal text. */
export const estimateTotals = z.looseObject({
  currency: z.string(),
  lines: z.array(
    z.looseObject({
      id: z.string(),
      amount: decimal,
      amount_exact: decimal,
      steps: z.array(z.looseObject({ text: z.string(), quantity: decimal.nullable(), amount: decimal })),
    }),
  ),
  gross: decimal,
  discount: decimal,
  subtotal: decimal,
  taxes: z.array(z.looseObject({ name: z.string(), base: decimal, amount: decimal })),
  tax: decimal,
  total: decimal,
});
