import {
  activeRuns,
  type AllocationRunRow,
  type CostBasis,
  type CostShare,
  costShares,
  readBaseline,
  sharesById,
} from "../allocation/index.ts";
import { checkIdentity, costIn, type PayerCost, payerTotals, type ServiceCost, serviceTotals } from "../cost/index.ts";
import {
  correctionsOn,
  type FrozenInvoice,
  frozenInvoices,
  type FrozenLine,
  frozenLines,
  type InvoiceLineType,
  type InvoiceStanding,
  isCollectable,
  restatementOfRun,
  standingOf,
} from "../invoicing/index.ts";
import type { InvoiceId, TenantId } from "../kernel/index.ts";
import { add, type Exact, exact, fraction, multiply, negate, sumExact, toText, ZERO } from "../money/index.ts";
import { receivedByInvoice } from "../payments/index.ts";
import type { Tx } from "../ports/index.ts";
import { addMonths, type Day, type Month, monthPeriod, type Period } from "../time/index.ts";
import type { CostPlusFigure, Figures, InvoiceFigure, PayerFigure, ServiceFigure, TenantFigure } from "./figures.ts";
import { lateUsageFigures } from "./late-usage.store.ts";
import type { ReconciliationPolicy } from "./policy.ts";
import { openKeys } from "./reconciliation.store.ts";

const payerFigure = (row: PayerCost, basis: CostBasis): PayerFigure => {
  const { difference, tolerance, isClosed } = checkIdentity(row);
  return {
    payer: row.payer,
    cost: costIn(row, basis),
    identity: row.format === "focus" ? null : { difference, tolerance, isClosed },
    outsideRows: row.outsideRows,
    outsideCost: row.outsideCost,
  };
};

/** Sums by a key, in the order of the keys. */
const sumsBy = <T>(rows: readonly T[], keyOf: (row: T) => string, costOf: (row: T) => string): Map<string, Exact> => {
  const sums = new Map<string, Exact>();
  for (const row of rows) sums.set(keyOf(row), add(sums.get(keyOf(row)) ?? ZERO, exact(costOf(row))));
  return new Map([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

const serviceFigures = (costs: readonly ServiceCost[], shares: readonly CostShare[], basis: CostBasis) => {
  const charged = new Map(costs.map((row) => [row.service, costIn(row, basis)]));
  const placed = sumsBy(
    shares,
    (share) => share.service,
    (share) => share.cost,
  );
  return [...new Set([...charged.keys(), ...placed.keys()])].toSorted().map((service): ServiceFigure => ({
    service,
    cost: toText(exact(charged.get(service) ?? "0")),
    placed: toText(placed.get(service) ?? ZERO),
  }));
};

interface TenantShare extends CostShare {
  readonly tenantId: TenantId;
}
const isTenantShare = (share: CostShare): share is TenantShare => share.tenantId !== null;

/** Line types that a plan charges every cycle, used or not. */
const RECURRING: ReadonlySet<string> = new Set<InvoiceLineType>(["subscription", "seat", "minimum"]);

/** A line's part of the revenue: its amount less discount, and less the tax where prices contain it. */
const lineRevenue = (line: FrozenLine, invoice: FrozenInvoice): Exact => {
  if (line.amountMinor === 0n) return ZERO;
  const net = multiply(exact(line.amountUsd), fraction(line.amountMinor - line.discountMinor, line.amountMinor));
  return multiply(net, withoutTax(invoice));
};

const withoutTax = (invoice: FrozenInvoice): Exact =>
  invoice.isTaxInclusive && invoice.totalMinor !== 0n
    ? fraction(invoice.subtotalMinor, invoice.totalMinor)
    : fraction(1n);

interface Billing {
  readonly invoices: readonly FrozenInvoice[];
  readonly lines: readonly FrozenLine[];
  /** What the invoices correct of earlier periods. */
  readonly corrections: ReadonlyMap<InvoiceId, string>;
  readonly received: ReadonlyMap<InvoiceId, bigint>;
  readonly standings: readonly InvoiceStanding[];
}

/** The invoice's revenue as its header has it, with its corrections on later invoices and without those that it brings of earlier ones. */
const revenueOf = (invoice: FrozenInvoice, own: readonly FrozenLine[], corrections: Billing["corrections"]): Exact =>
  sumExact([
    exact(invoice.subtotalUsd),
    negate(exact(corrections.get(invoice.invoiceId) ?? "0")),
    ...own.filter((line) => line.isCorrection).map((line) => lineRevenue(line, invoice)),
  ]);

const invoiceFigures = (billing: Billing, today: Day): InvoiceFigure[] => {
  const ofInvoice = Map.groupBy(billing.lines, (line) => line.invoiceId);
  const restated = new Map(billing.standings.map((standing) => [standing.restated.invoice_id, standing.cost]));
  return billing.invoices.map((invoice) => {
    const own = ofInvoice.get(invoice.invoiceId) ?? [];
    return {
      invoiceId: invoice.invoiceId,
      tenantId: invoice.tenantId,
      kind: invoice.kind,
      currency: invoice.currency,
      subtotalUsd: toText(revenueOf(invoice, own, billing.corrections)),
      lineRevenueUsd: toText(sumExact(own.map((line) => lineRevenue(line, invoice)))),
      recurringRevenueUsd: toText(
        sumExact(own.filter((line) => RECURRING.has(line.lineType)).map((line) => lineRevenue(line, invoice))),
      ),
      lineCostUsd: toText(sumExact(own.map((line) => exact(line.costUsd)))),
      restatedCostUsd: restated.get(invoice.invoiceId) ?? "0",
      totalUsd: toText(exact(invoice.totalUsd)),
      totalMinor: invoice.totalMinor.toString(),
      paidMinor: invoice.paidMinor.toString(),
      receivedMinor: (billing.received.get(invoice.invoiceId) ?? 0n).toString(),
      isDue:
        invoice.dueDate !== null &&
        invoice.dueDate < today &&
        (isCollectable(invoice.status) || invoice.status === "paid"),
    };
  });
};

/** The rows that settle a cost_plus line: its restatement's, else its last correction's, else its own. */
const settlingRows = (line: FrozenLine, { lines, standings }: Billing): readonly bigint[] => {
  const restated = standings
    .find((standing) => standing.restated.invoice_id === line.invoiceId)
    ?.restated.lines.find((one) => one.line_no === line.lineNo);
  if (restated) return restated.allocation_ids.map(BigInt);
  const correction = lines.findLast(
    (one) => one.isCorrection && one.invoiceId === line.invoiceId && one.correctsLineNo === line.lineNo,
  );
  return (correction ?? line).allocationIds;
};

/** Services that cost_plus lines carry, by tenant: what the rows say that they are settled by, and what the same services cost now. */
const costPlusFigures = async (tx: Tx, billing: Billing, shares: readonly TenantShare[]): Promise<CostPlusFigure[]> => {
  const charging = billing.lines.filter((line) => line.lineType === "allocation");
  const ids = [...new Set(charging.flatMap((line) => settlingRows(line, billing)))];
  if (ids.length === 0) return [];
  const frozen = await sharesById(tx, ids);
  const part = (row: { readonly tenantId: TenantId; readonly service: string; readonly category: string }) =>
    JSON.stringify([row.tenantId, row.service, row.category]);
  const meant = new Set(frozen.map(part));
  const whole = (row: { readonly tenantId: TenantId; readonly service: string }) =>
    JSON.stringify([row.tenantId, row.service]);
  const current = sumsBy(
    shares.filter((share) => meant.has(part(share))),
    whole,
    (share) => share.cost,
  );
  const named = new Map(frozen.map((row) => [whole(row), row]));
  return [...sumsBy(frozen, whole, (row) => row.cost)].flatMap(([key, cost]) => {
    const row = named.get(key);
    if (!row) return [];
    const { tenantId, service } = row;
    return [{ tenantId, service, frozen: toText(cost), current: toText(current.get(key) ?? ZERO) }];
  });
};

/** The run that counts for a period, in US dollars; undefined before the first allocation. */
export const countingRun = async (tx: Tx, month: Month, basis: CostBasis): Promise<AllocationRunRow | undefined> =>
  (await activeRuns(tx, { period: monthPeriod(month), basis, currency: "USD" }))[0];

const readBilling = async (tx: Tx, period: Period): Promise<Billing> => {
  const invoices = await frozenInvoices(tx, period);
  const received = await receivedByInvoice(
    tx,
    invoices.map((invoice) => invoice.invoiceId),
  );
  return {
    invoices,
    lines: await frozenLines(tx, period),
    corrections: await correctionsOn(tx, period),
    received,
    standings: await standingOf(tx, { period }),
  };
};

/** How the issued invoices of a billed period stand against an allocation that was made after them. */
const restatementFigures = async (
  tx: Tx,
  run: AllocationRunRow,
  standings: readonly InvoiceStanding[],
): Promise<Figures["restatement"]> => {
  const { periodStart, periodEnd, basis, currency } = run;
  const baseline = await readBaseline(tx, { period: { start: periodStart, end: periodEnd }, basis, currency });
  if (baseline === undefined) return null;
  return {
    isCurrent: baseline === run.runId || (await restatementOfRun(tx, run.runId)) !== undefined,
    invoices: standings.map(({ tenantId, restated, outcome, amount, cost }) => ({
      tenantId,
      invoiceId: restated.invoice_id,
      outcome,
      amount,
      cost,
    })),
  };
};

/** Reads what the rooms before say of a period, each for itself; undefined while the period is not allocated. */
export const readFigures = async (
  tx: Tx,
  of: { readonly month: Month; readonly policy: ReconciliationPolicy; readonly today: Day },
): Promise<Figures | undefined> => {
  const { month, policy, today } = of;
  const { basis } = policy;
  const run = await countingRun(tx, month, basis);
  if (!run) return undefined;
  const cost = { period: month, currency: "USD" } as const;
  const shares = await costShares(tx, run.runId);
  const billing = await readBilling(tx, monthPeriod(month));
  const tenantShares = shares.filter(isTenantShare);
  const tenants = new Map(tenantShares.map((share) => [share.tenantId as string, share.tenantId]));
  const text = (amount: string): string => toText(exact(amount));
  return {
    period: month,
    basis,
    payers: (await payerTotals(tx, cost)).map((row) => payerFigure(row, basis)),
    services: serviceFigures(await serviceTotals(tx, cost), shares, basis),
    run: {
      runId: run.runId,
      total: text(run.totalCost),
      direct: text(run.directCost),
      allocated: text(run.allocatedCost),
      overhead: text(run.overheadCost),
      untagged: text(run.untaggedCost),
    },
    tenants: [
      ...sumsBy(
        tenantShares,
        (share) => share.tenantId,
        (share) => share.cost,
      ),
    ].flatMap(([key, sum]): TenantFigure[] => {
      const tenantId = tenants.get(key);
      return tenantId === undefined ? [] : [{ tenantId, cost: toText(sum) }];
    }),
    invoices: invoiceFigures(billing, today),
    restatement: await restatementFigures(tx, run, billing.standings),
    lateUsage: await lateUsageFigures(tx, monthPeriod(month), billing),
    costPlus: await costPlusFigures(tx, billing, tenantShares),
    repeated: await openKeys(tx, addMonths(month, -1), "invoice"),
  };
};
