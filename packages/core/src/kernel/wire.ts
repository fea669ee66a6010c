import { z } from "zod";
import { exact, SCALE, scaled, toFixed, toText, tryExact, unscaled } from "../money/index.ts";
import { tryDay, tryMonth } from "../time/index.ts";
import { isTenantId, type PlanCode, type TenantId } from "./id.ts";

/** Decimals that a Phase 1 field ending in `_usd` may carry. */
const USD_DECIMALS = 6;

const decimalText = (places: number, label: string) =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    const parsed = typeof value === "number" && !Number.isFinite(value) ? undefined : tryExact(String(value));
    if (!parsed)
      context.addIssue({ code: "custom", message: `${label} is not a decimal number: ${JSON.stringify(value)}` });
    else if (toText(parsed, 40) !== toText(parsed, places))
      context.addIssue({
        code: "custom",
        message: `${label} has more than ${places} decimals: ${JSON.stringify(value)}`,
      });
    else if (scaled(parsed, 0).toString().replace("-", "").length > 26)
      context.addIssue({ code: "custom", message: `${label} is too large: at most 26 digits before the point` });
    return parsed ? toText(parsed, places) : "0";
  });

/** A quantity, price or weight: decimal text or number in, canonical decimal text with at most 12 decimals out. */
export const decimalInput = decimalText(SCALE, "the value");

/** A decimal that may not be negative. */
export const quantityInput = decimalInput.refine((text) => !text.startsWith("-"), { message: "must not be negative" });

/** A Phase 1 `_usd` amount: more than 6 decimals are refused, not rounded. */
export const usdInput = decimalText(USD_DECIMALS, "the amount");

/** A `_usd` field on the wire: a JSON number, rounded to 6 decimals; the exact text travels beside it. */
export const usdNumber = (amount: string): number => Number(toFixed(exact(amount), USD_DECIMALS));

/** Minor units of US dollars as decimal text ("12.50"). */
export const usdOfMinor = (minor: bigint): string => unscaled(minor, 2);

export const dayInput = z.string().transform((text, context) => {
  const value = tryDay(text);
  if (!value) context.addIssue({ code: "custom", message: `not a calendar day (YYYY-MM-DD): ${JSON.stringify(text)}` });
  return value ?? z.NEVER;
});

export const monthInput = z.string().transform((text, context) => {
  const value = tryMonth(text);
  if (!value) context.addIssue({ code: "custom", message: `not a month (YYYY-MM): ${JSON.stringify(text)}` });
  return value ?? z.NEVER;
});

export const tenantIdInput = z.string().transform((text, context): TenantId => {
  if (isTenantId(text)) return text;
  context.addIssue({ code: "custom", message: "a tenant id is 1 to 64 letters, digits, dots, dashes and underscores" });
  return z.NEVER;
});

export const planCodeInput = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "a plan code is 1 to 64 letters, digits, dots, dashes and underscores")
  .transform((text) => text as PlanCode);

/** page_size (1 to 200) and page_token, as they come in a query string. */
export const pageInput = {
  page_size: z.coerce.number().int().min(1).max(200).optional(),
  page_token: z.string().optional(),
};
