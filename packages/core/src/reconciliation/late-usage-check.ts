import { type Check, type Finding, notApplicable } from "./check.ts";
import type { Figures, LateUsageFigure } from "./figures.ts";

const findingOf = ({ tenantId, invoiceId, metrics }: LateUsageFigure): Finding => ({
  key: `usage/${invoiceId}`,
  category: "Invoice",
  tenantId,
  description: `usage of ${tenantId} was recorded after ${invoiceId} was issued, and is not billed: ${metrics
    .map(({ metricCode, days }) => `${metricCode} of ${days} ${days === 1 ? "day" : "days"}`)
    .join(", ")}. Settle the difference with the tenant.`,
  variancePct: null,
  evidence: {
    invoice_id: invoiceId,
    metrics: metrics.map(({ metricCode, days }) => ({ metric_code: metricCode, days })),
  },
});

/** Whether issued invoices charge the usage that is known now; what came later is billed by nothing. */
export const checkLateUsage = ({ lateUsage, invoices, period }: Figures): Check => {
  if (invoices.length === 0) return notApplicable("usage", `no invoice of ${period} is issued yet`);
  const isWell = lateUsage.length === 0;
  return {
    check: "usage",
    verdict: isWell ? "ok" : "warning",
    message: isWell
      ? "no usage was recorded after it was billed"
      : `${lateUsage.length} invoices were issued before all usage that they charge was recorded`,
    difference: null,
    variancePct: null,
    thresholdPct: null,
    figures: { invoices: invoices.length, late: lateUsage.length },
    findings: lateUsage.map(findingOf),
  };
};
