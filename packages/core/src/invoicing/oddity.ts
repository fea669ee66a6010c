import type { ApprovalPolicy } from "../approvals/index.ts";
import type { Json } from "../kernel/index.ts";
import { compare, divide, exact, isZero, multiply, subtract, toText, ZERO } from "../money/index.ts";
import { z } from "zod";

/** What of a stored comparison is looked at. */
const comparisonSchema = z.object({
  previous_invoice_id: z.string().nullable(),
  previous_total: z.string(),
  total: z.string(),
  lines: z.array(z.object({ title: z.string(), state: z.string() })),
  warnings: z.array(z.string()).default([]),
});

const HUNDRED = exact("100");

/** How far a total moved, in percent of the one before, as decimal text without sign; null where there is nothing to compare with. */
const changePercent = (total: string, previous: string): string | null => {
  if (isZero(exact(previous))) return null;
  const change = multiply(divide(subtract(exact(total), exact(previous)), exact(previous)), HUNDRED);
  return toText(compare(change, ZERO) < 0 ? subtract(ZERO, change) : change, 2);
};

/** What a person should look at in a draft: nothing where it is like the one before. */
export const oddities = (comparison: Json, maxChangePercent: string): string[] => {
  const {
    previous_invoice_id: previous,
    previous_total: before,
    total,
    lines,
    warnings,
  } = comparisonSchema.parse(comparison);
  if (previous === null) return ["there is no invoice of the period before to compare with", ...warnings];
  const percent = changePercent(total, before);
  const hasMoved = percent === null || compare(exact(percent), exact(maxChangePercent)) > 0;
  return [
    ...(hasMoved ? [`the total moved from ${before} to ${total} (${percent ?? "all of it"} %)`] : []),
    ...lines
      .filter((line) => line.state === "new" || line.state === "gone")
      .map((line) => `${line.title} is ${line.state}`),
    ...warnings,
  ];
};

/** Why the policy does not approve a draft by itself; empty where it does. */
export const policyFaults = (
  policy: ApprovalPolicy,
  draft: { readonly totalUsd: string; readonly comparison: Json },
): string[] => {
  if (policy.max_total_usd === null) return ["no draft is approved by policy"];
  const isHigh = compare(exact(draft.totalUsd), exact(policy.max_total_usd)) > 0;
  return [
    ...(isHigh ? [`its total is above ${policy.max_total_usd} USD`] : []),
    ...oddities(draft.comparison, policy.max_change_percent),
  ];
};
