import { exact, toText } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { costText } from "./allocate.ts";
import {
  type AllocationRunRow,
  readFindings,
  type RunRecord,
  sumByServiceAndKind,
  sumPoolsByService,
} from "./allocation.store.ts";
import type { AllocationKind, AllocationTotals } from "./plan.ts";

/** direct + allocated + overhead + untagged = total; decimal text in the run's currency. */
export interface SummaryTotals {
  readonly total: string;
  readonly direct: string;
  readonly allocated: string;
  readonly overhead: string;
  readonly untagged: string;
}

export interface AllocationSummary extends SummaryTotals {
  readonly run_id: string;
  readonly period_start: string;
  readonly period_end: string;
  readonly basis: string;
  readonly currency: string;
  readonly status: string;
  readonly delivery_digest: string;
  readonly digest: string;
  readonly created_at: string;
  readonly per_service: readonly (SummaryTotals & { readonly service: string })[];
  readonly findings: readonly {
    readonly code: string;
    readonly category: string;
    readonly service: string;
    readonly rule_id: string | null;
    readonly subject: string | null;
    readonly cost: string;
    readonly message: string;
  }[];
}

const amount = (text: string): string => toText(exact(text));

type ServiceSummary = AllocationSummary["per_service"][number];

const byService = (a: ServiceSummary, b: ServiceSummary): number => (a.service < b.service ? -1 : 1);

const perService = async (tx: Tx, run: AllocationRunRow): Promise<AllocationSummary["per_service"]> => {
  const kinds = Map.groupBy(await sumByServiceAndKind(tx, run.runId), (sum) => sum.service);
  const pools = await sumPoolsByService(tx, run.runId);
  return pools
    .map(({ service, cost }) => {
      const of = (kind: AllocationKind): string =>
        amount(kinds.get(service)?.find((sum) => sum.kind === kind)?.cost ?? "0");
      const parts = {
        direct: of("direct"),
        allocated: of("allocated"),
        overhead: of("overhead"),
        untagged: of("untagged"),
      };
      return { service, total: amount(cost), ...parts };
    })
    .toSorted(byService);
};

const findingSummary = (
  finding: Pick<
    Awaited<ReturnType<typeof readFindings>>[number],
    "code" | "category" | "service" | "ruleId" | "subject" | "cost" | "message"
  >,
): AllocationSummary["findings"][number] => ({
  code: finding.code,
  category: finding.category,
  service: finding.service,
  rule_id: finding.ruleId,
  subject: finding.subject,
  cost: amount(finding.cost),
  message: finding.message,
});

/** What a stored run says, as the command line and the API show it. */
export const summaryOf = async (tx: Tx, run: AllocationRunRow): Promise<AllocationSummary> => ({
  run_id: run.runId,
  period_start: run.periodStart,
  period_end: run.periodEnd,
  basis: run.basis,
  currency: run.currency,
  status: run.status,
  delivery_digest: run.deliveryDigest,
  digest: run.planDigest,
  created_at: run.createdAt.toISOString(),
  total: amount(run.totalCost),
  direct: amount(run.directCost),
  allocated: amount(run.allocatedCost),
  overhead: amount(run.overheadCost),
  untagged: amount(run.untaggedCost),
  per_service: await perService(tx, run),
  findings: (await readFindings(tx, run.runId)).map(findingSummary),
});

const totalsText = (totals: AllocationTotals): SummaryTotals => ({
  total: amount(costText(totals.total)),
  direct: amount(costText(totals.direct)),
  allocated: amount(costText(totals.allocated)),
  overhead: amount(costText(totals.overhead)),
  untagged: amount(costText(totals.untagged)),
});

/** What a run says that was stored and made active just now, from what was stored. */
export const summaryOfRecord = ({ runId, plan, origin, now }: RunRecord): AllocationSummary => ({
  run_id: runId,
  period_start: plan.period.start,
  period_end: plan.period.end,
  basis: plan.basis,
  currency: plan.currency,
  status: "active",
  delivery_digest: origin.deliveryDigest,
  digest: plan.digest,
  created_at: now.toISOString(),
  ...totalsText(plan.totals),
  per_service: plan.perService
    .map(({ service, ...totals }) => ({ service, ...totalsText(totals) }))
    .toSorted(byService),
  findings: plan.findings.map((finding) => findingSummary({ ...finding, cost: costText(finding.cost) })),
});
