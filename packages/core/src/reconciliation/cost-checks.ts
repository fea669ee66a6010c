import { displayMoney, type Exact, exact, isZero, roundMoney, subtract, sumExact, toText } from "../money/index.ts";
import { type Check, deviation, type Finding, notApplicable } from "./check.ts";
import type { Figures } from "./figures.ts";
import type { ReconciliationPolicy } from "./policy.ts";

/** An amount as a sentence needs it; the figures beside it stay exact. */
const inCents = (amount: Exact): string => displayMoney(roundMoney(amount, "USD"));

const EXACT = { percent: "0", absolute: "0" };

/** What AWS charged, from the daily cost alone. */
export const awsTotal = (figures: Figures) => sumExact(figures.payers.map((payer) => exact(payer.cost)));

/** direct + allocated + overhead + untagged = what AWS charged, exactly, in whole and by service. */
export const checkConservation = (figures: Figures): Check => {
  const { run } = figures;
  const aws = awsTotal(figures);
  const placed = sumExact([run.direct, run.allocated, run.overhead, run.untagged].map(exact));
  const whole = deviation(subtract(aws, placed), aws, EXACT);
  const findings = figures.services.flatMap(({ service, cost, placed: parts }): Finding[] => {
    const apart = deviation(subtract(exact(cost), exact(parts)), exact(cost), EXACT);
    if (apart.isWithin) return [];
    return [
      {
        key: `conservation/${service}`,
        category: "Allocation",
        tenantId: null,
        description: `${service}: ${toText(exact(cost))} USD was charged and ${toText(exact(parts))} USD is allocated. Allocate ${figures.period} again.`,
        variancePct: apart.variancePct,
        evidence: { service, cost, placed: parts, run_id: run.runId },
      },
    ];
  });
  const holds = whole.isWithin && findings.length === 0;
  return {
    check: "conservation",
    verdict: holds ? "ok" : "failed",
    message: holds
      ? "direct, allocated, overhead and untagged cost add up to what AWS charged"
      : `${findings.length} services do not add up: the cost changed after the allocation. Allocate ${figures.period} again.`,
    difference: whole.difference,
    variancePct: whole.variancePct,
    thresholdPct: "0",
    figures: { aws_total: toText(aws), ...run },
    findings,
  };
};

/** unblended = amortised + upfront purchases + true-up, per payer, within AWS's own rounding. */
export const checkIdentities = (figures: Figures): Check => {
  const known = figures.payers.flatMap(({ payer, identity }) => (identity === null ? [] : [{ payer, ...identity }]));
  if (known.length === 0)
    return notApplicable("identity", "the deliveries carry no columns that the identity could be checked with");
  const open = known.filter((payer) => !payer.isClosed);
  return {
    check: "identity",
    verdict: open.length === 0 ? "ok" : "failed",
    message:
      open.length === 0
        ? `the identity closes for ${known.length === 1 ? "the payer" : `all ${known.length} payers`}`
        : `the identity is open for ${open.map((payer) => payer.payer).join(", ")}: nothing can be issued. Ask for the delivery again.`,
    difference: toText(sumExact(known.map((payer) => exact(payer.difference)))),
    variancePct: null,
    thresholdPct: "0",
    figures: { payers: known.length, open: open.length },
    findings: open.map(({ payer, difference, tolerance }) => ({
      key: `identity/${payer}`,
      category: "Allocation",
      tenantId: null,
      description: `payer ${payer}: unblended cost is ${toText(exact(difference))} USD apart from amortised cost, upfront purchases and true-up; AWS's rounding explains ${toText(exact(tolerance))}.`,
      variancePct: null,
      evidence: { payer, difference, tolerance },
    })),
  };
};

/** Cost that has no tenant tag and that no rule takes, against the total. */
export const checkTagging = (figures: Figures, policy: ReconciliationPolicy): Check => {
  const { total, untagged } = figures.run;
  const limit = { percent: policy.taggingPercent, absolute: policy.absoluteLimit };
  const share = deviation(exact(untagged), exact(total), limit);
  const finding: Finding = {
    key: "tagging",
    category: "Tagging",
    tenantId: null,
    description: `${inCents(exact(untagged))} of ${inCents(exact(total))} has no tenant tag and no rule: the operator bears it. Tag the resources, or add an allocation rule.`,
    variancePct: share.variancePct,
    evidence: { untagged, total, run_id: figures.run.runId },
  };
  return {
    check: "tagging",
    verdict: share.isWithin ? "ok" : "warning",
    message: share.isWithin ? "untagged cost is within the limit" : finding.description,
    ...share,
    thresholdPct: policy.taggingPercent,
    figures: { untagged, total },
    findings: share.isWithin ? [] : [finding],
  };
};

/** Cost belongs to its bill's period, whatever its day: days of other months are reported, never moved. */
export const checkTiming = (figures: Figures): Check => {
  const rows = figures.payers.reduce((sum, payer) => sum + payer.outsideRows, 0);
  const cost = sumExact(figures.payers.map((payer) => exact(payer.outsideCost)));
  const message =
    rows === 0
      ? "every day of cost lies in its bill's period"
      : `${rows} lines with ${inCents(cost)} are on days outside ${figures.period}; they stay in the period of their bill`;
  return {
    check: "timing",
    verdict: "ok",
    message,
    difference: toText(cost),
    variancePct: null,
    thresholdPct: null,
    figures: { rows, cost: toText(cost) },
    findings:
      rows === 0 || isZero(cost)
        ? []
        : [
            {
              key: "timing",
              category: "Timing",
              tenantId: null,
              description: message,
              variancePct: null,
              evidence: { rows, cost: toText(cost) },
            },
          ],
  };
};
