import { digestOf } from "../kernel/index.ts";
import { add, exact, subtract, toText } from "../money/index.ts";
import { checkInvoices, checkMargin, checkPayments, invoicedTotal, marginTotal } from "./billing-checks.ts";
import { type Check, notApplicable, percentOf, statusOf } from "./check.ts";
import { awsTotal, checkConservation, checkIdentities, checkTagging, checkTiming } from "./cost-checks.ts";
import type { Figures } from "./figures.ts";
import { checkLateUsage } from "./late-usage-check.ts";
import type { ReconciliationPolicy } from "./policy.ts";
import { checkRestatement } from "./restatement-check.ts";

/** What a reconciliation says of a period; amounts are decimal text in US dollars, in the period's basis. */
export interface Reconciliation {
  readonly awsTotal: string;
  /** Direct and allocated cost: what the tenants bear. */
  readonly allocatedTotal: string;
  /** What the operator bears, untagged cost included. */
  readonly operatorOverhead: string;
  readonly invoicedTotal: string;
  readonly marginTotal: string;
  /** aws - allocated - overhead. */
  readonly variance: string;
  /** In percent of aws; 0 where nothing was charged and nothing varies, else 100. */
  readonly variancePct: string;
  readonly status: "ok" | "warning" | "failed";
  readonly checks: readonly Check[];
  /** Digest of the figures and the policy: the same inputs are the same reconciliation. */
  readonly inputsDigest: string;
}

/** Compares what the rooms before say of a period. Nothing but the figures and the policy is looked at. */
export const reconcile = (figures: Figures, policy: ReconciliationPolicy): Reconciliation => {
  const { run } = figures;
  const aws = awsTotal(figures);
  const allocated = add(exact(run.direct), exact(run.allocated));
  const overhead = add(exact(run.overhead), exact(run.untagged));
  const variance = subtract(subtract(aws, allocated), overhead);
  const checks = [
    checkConservation(figures),
    checkIdentities(figures),
    notApplicable("bill", "AWS's invoice total was not given, so the bill is not compared with it"),
    checkTagging(figures, policy),
    checkInvoices(figures, policy),
    checkMargin(figures, policy),
    checkRestatement(figures),
    checkLateUsage(figures),
    checkPayments(figures, policy),
    checkTiming(figures),
  ];
  return {
    awsTotal: toText(aws),
    allocatedTotal: toText(allocated),
    operatorOverhead: toText(overhead),
    invoicedTotal: toText(invoicedTotal(figures)),
    marginTotal: toText(marginTotal(figures)),
    variance: toText(variance),
    variancePct: toText(percentOf(variance, aws) ?? exact(variance.n === 0n ? "0" : "100")),
    status: statusOf(checks),
    checks,
    inputsDigest: digestOf({ figures, policy: { ...policy } }),
  };
};
