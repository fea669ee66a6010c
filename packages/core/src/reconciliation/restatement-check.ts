import { exact, isZero, sumExact, toText } from "../money/index.ts";
import { type Check, type Finding, notApplicable } from "./check.ts";
import type { Figures, RestatementFigure } from "./figures.ts";

const amounts = (invoices: readonly RestatementFigure[]): string =>
  toText(sumExact(invoices.map((invoice) => exact(invoice.amount))));

const findingOf = ({ tenantId, invoiceId, amount, cost }: RestatementFigure, runId: string): Finding => ({
  key: `restatement/${invoiceId}`,
  category: "Invoice",
  tenantId,
  description: `a later delivery moves ${invoiceId} of ${tenantId} by ${amount} USD before tax (${cost} USD of cost): the next invoice of the tenant brings a correction.`,
  variancePct: null,
  evidence: { invoice_id: invoiceId, amount, cost, run_id: runId },
});

/** What deliveries after billing still owe: corrections that wait for the next invoice, and what is too little to be billed. */
export const checkRestatement = (figures: Figures): Check => {
  const { restatement, run, period } = figures;
  if (restatement === null) return notApplicable("restatement", `no invoice of ${period} is issued yet`);
  const of = (outcome: RestatementFigure["outcome"]) =>
    restatement.invoices.filter((invoice) => invoice.outcome === outcome);
  const [waiting, borne] = [of("adjustment"), of("operator")];
  const unknown: Finding[] = restatement.isCurrent
    ? []
    : [
        {
          key: "restatement",
          category: "Invoice",
          tenantId: null,
          description: `${period} was allocated anew after it was billed, and its invoices are not held against it yet. Restate the period.`,
          variancePct: null,
          evidence: { run_id: run.runId },
        },
      ];
  const findings = [...unknown, ...waiting.map((invoice) => findingOf(invoice, run.runId))];
  const pending = amounts(waiting);
  return {
    check: "restatement",
    verdict: findings.length === 0 ? "ok" : "warning",
    message:
      findings.length === 0
        ? "nothing that was delivered after billing waits to be billed"
        : `${waiting.length} invoices wait for a correction of ${pending} USD in all${restatement.isCurrent ? "" : "; the newest allocation is not looked at yet"}`,
    difference: isZero(exact(pending)) && !restatement.isCurrent ? null : pending,
    variancePct: null,
    thresholdPct: null,
    figures: {
      waiting: waiting.length,
      waiting_amount: pending,
      borne_by_operator: borne.length,
      borne_amount: amounts(borne),
    },
    findings,
  };
};
