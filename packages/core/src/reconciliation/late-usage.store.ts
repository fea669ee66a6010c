import type { FrozenInvoice, FrozenLine } from "../invoicing/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Period } from "../time/index.ts";
import { usageSince } from "../usage/index.ts";
import type { LateUsageFigure } from "./figures.ts";

/** The metrics that lines of an invoice charge by usage; seats are counted by their assignment. */
const charged = (lines: readonly FrozenLine[]): ReadonlySet<string> =>
  new Set(lines.flatMap((line) => (line.lineType === "seat" || line.metricCode === null ? [] : [line.metricCode])));

/** What was recorded of a period after its regular invoices were issued, as far as they charge it. */
export const lateUsageFigures = async (
  tx: Tx,
  period: Period,
  billing: { readonly invoices: readonly FrozenInvoice[]; readonly lines: readonly FrozenLine[] },
): Promise<LateUsageFigure[]> => {
  const regular = billing.invoices.filter((invoice) => invoice.kind === "regular");
  const since = regular.flatMap(({ tenantId, issuedAt }) => (issuedAt === null ? [] : [{ tenantId, at: issuedAt }]));
  const late = Map.groupBy(await usageSince(tx, period, since), (row) => row.tenantId);
  return regular.flatMap(({ tenantId, invoiceId }): LateUsageFigure[] => {
    const metrics = charged(billing.lines.filter((line) => line.invoiceId === invoiceId));
    const found = (late.get(tenantId) ?? []).filter((row) => metrics.has(row.metricCode));
    if (found.length === 0) return [];
    return [{ tenantId, invoiceId, metrics: found.map(({ metricCode, days }) => ({ metricCode, days })) }];
  });
};
