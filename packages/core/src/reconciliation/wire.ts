import { type Json, usdNumber } from "../kernel/index.ts";
import type { Month } from "../time/index.ts";
import type { Check } from "./check.ts";
import type { Reconciliation } from "./reconcile.ts";

/** A check on the wire: amounts are decimal text in US dollars, percents numbers. */
export const shownCheck = (check: Check) => ({
  check: check.check,
  verdict: check.verdict,
  message: check.message,
  difference_usd: check.difference,
  variance_pct: check.variancePct === null ? null : usdNumber(check.variancePct),
  threshold_pct: check.thresholdPct === null ? null : usdNumber(check.thresholdPct),
  figures: check.figures,
  findings: check.findings.length,
});
export type ShownCheck = ReturnType<typeof shownCheck>;

type Totals = Omit<Reconciliation, "checks" | "inputsDigest">;

/** Phase 1's summary. `_usd` are numbers with 6 decimals, `_exact` the same as text with all of them. */
export const shownSummary = (month: Month, basis: string, totals: Totals, checks: readonly ShownCheck[]) => {
  const amounts = {
    aws_total_usd: totals.awsTotal,
    allocated_total_usd: totals.allocatedTotal,
    operator_overhead_usd: totals.operatorOverhead,
    invoiced_total_usd: totals.invoicedTotal,
    margin_total_usd: totals.marginTotal,
    variance_usd: totals.variance,
    variance_pct: totals.variancePct,
  };
  return {
    period: month,
    basis,
    currency: "USD",
    aws_total_usd: usdNumber(amounts.aws_total_usd),
    aws_total_usd_exact: amounts.aws_total_usd,
    allocated_total_usd: usdNumber(amounts.allocated_total_usd),
    allocated_total_usd_exact: amounts.allocated_total_usd,
    operator_overhead_usd: usdNumber(amounts.operator_overhead_usd),
    operator_overhead_usd_exact: amounts.operator_overhead_usd,
    invoiced_total_usd: usdNumber(amounts.invoiced_total_usd),
    invoiced_total_usd_exact: amounts.invoiced_total_usd,
    margin_total_usd: usdNumber(amounts.margin_total_usd),
    margin_total_usd_exact: amounts.margin_total_usd,
    variance_usd: usdNumber(amounts.variance_usd),
    variance_usd_exact: amounts.variance_usd,
    variance_pct: usdNumber(amounts.variance_pct),
    variance_pct_exact: amounts.variance_pct,
    status: totals.status,
    checks,
  };
};

export interface ShownException {
  readonly exceptionId: string;
  readonly tenantId: string | null;
  readonly period: string;
  readonly checkName: string;
  readonly category: string;
  readonly description: string;
  readonly variancePct: string | null;
  readonly status: string;
  readonly owner: string | null;
  readonly resolution: string | null;
  readonly evidence: Json;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const shownException = (exception: ShownException) => ({
  exception_id: exception.exceptionId,
  tenant_id: exception.tenantId,
  period: exception.period,
  check: exception.checkName,
  category: exception.category,
  description: exception.description,
  variance_pct: exception.variancePct === null ? null : usdNumber(exception.variancePct),
  status: exception.status,
  owner: exception.owner,
  reason: exception.resolution,
  evidence: exception.evidence,
  created_at: exception.createdAt.toISOString(),
  updated_at: exception.updatedAt.toISOString(),
});
