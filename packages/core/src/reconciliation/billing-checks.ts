import { add, type Currency, exact, money, moneyText, subtract, sumExact, toText } from "../money/index.ts";
import { type Check, deviation, type Finding, notApplicable } from "./check.ts";
import type { Figures, InvoiceFigure } from "./figures.ts";
import type { ReconciliationPolicy } from "./policy.ts";

const sumOf = (texts: readonly string[]) => sumExact(texts.map(exact));

/** Revenue without tax, from the headers of the issued invoices. */
export const invoicedTotal = (figures: Figures) => sumOf(figures.invoices.map((invoice) => invoice.subtotalUsd));

/** Cost that an issued invoice answers for: what its lines carry, and what a later delivery moved. */
const costOf = (invoice: InvoiceFigure) => add(exact(invoice.lineCostUsd), exact(invoice.restatedCostUsd));

/** Margin from the frozen lines: what they charge less the cost that they answer for. */
export const marginTotal = (figures: Figures) =>
  sumExact(figures.invoices.map((invoice) => subtract(exact(invoice.lineRevenueUsd), costOf(invoice))));

/** Cost that cost_plus lines froze, against what is allocated now, by tenant and service. Blocks when it was found in the period before too. */
export const checkInvoices = (figures: Figures, policy: ReconciliationPolicy): Check => {
  const { costPlus } = figures;
  if (costPlus.length === 0) return notApplicable("invoice", "no issued invoice charges cost by cost_plus");
  const limit = { percent: policy.invoicePercent, absolute: policy.absoluteLimit };
  const findings = costPlus.flatMap(({ tenantId, service, frozen, current }): Finding[] => {
    const apart = deviation(subtract(exact(frozen), exact(current)), exact(current), limit);
    if (apart.isWithin) return [];
    return [
      {
        key: `invoice/${tenantId}/${service}`,
        category: "Invoice",
        tenantId,
        description: `${tenantId} was charged for ${toText(exact(frozen))} USD of ${service}, allocated is ${toText(exact(current))} USD. Bill or credit the difference with an adjustment.`,
        variancePct: apart.variancePct,
        evidence: { service, frozen, current, run_id: figures.run.runId },
      },
    ];
  });
  const known = new Set(figures.repeated);
  const repeated = findings.filter((finding) => known.has(finding.key));
  const [frozen, current] = [sumOf(costPlus.map((row) => row.frozen)), sumOf(costPlus.map((row) => row.current))];
  const whole = deviation(subtract(frozen, current), current, limit);
  return {
    check: "invoice",
    verdict: repeated.length > 0 ? "failed" : findings.length > 0 ? "warning" : "ok",
    message:
      findings.length === 0
        ? "the cost in cost_plus lines is what is allocated"
        : `${findings.length} tenants and services were charged for other cost than is allocated, ${repeated.length} of them in the period before too`,
    difference: whole.difference,
    variancePct: whole.variancePct,
    thresholdPct: policy.invoicePercent,
    figures: { frozen: toText(frozen), current: toText(current), compared: costPlus.length },
    findings,
  };
};

/** invoiced = allocated + margin, for the tenants that were invoiced: three figures from headers, allocation and lines. */
export const checkMargin = (figures: Figures, policy: ReconciliationPolicy): Check => {
  if (figures.invoices.length === 0) return notApplicable("margin", `no invoice of ${figures.period} is issued yet`);
  const invoiced = invoicedTotal(figures);
  const margin = marginTotal(figures);
  const regular = new Set(figures.invoices.filter(({ kind }) => kind === "regular").map(({ tenantId }) => tenantId));
  const billed = figures.tenants.filter(({ tenantId }) => regular.has(tenantId));
  const allocated = sumOf(billed.map((tenant) => tenant.cost));
  const waiting = sumOf(figures.tenants.filter(({ tenantId }) => !regular.has(tenantId)).map((tenant) => tenant.cost));
  const limit = { percent: policy.invoicePercent, absolute: policy.absoluteLimit };
  const whole = deviation(subtract(subtract(invoiced, allocated), margin), invoiced, limit);
  const findings = billed.flatMap(({ tenantId, cost }): Finding[] => {
    const carried = sumExact(figures.invoices.filter((invoice) => invoice.tenantId === tenantId).map(costOf));
    const apart = deviation(subtract(carried, exact(cost)), exact(cost), limit);
    if (apart.isWithin) return [];
    return [
      {
        key: `margin/${tenantId}`,
        category: "Invoice",
        tenantId,
        description: `the invoices of ${tenantId} carry ${toText(carried)} USD of cost, allocated is ${toText(exact(cost))} USD: their margin is not what the period made.`,
        variancePct: apart.variancePct,
        evidence: { carried: toText(carried), allocated: cost, run_id: figures.run.runId },
      },
    ];
  });
  return {
    check: "margin",
    verdict: whole.isWithin && findings.length === 0 ? "ok" : "warning",
    message: whole.isWithin
      ? "invoiced is allocated and margin"
      : `invoiced is ${whole.difference} USD apart from allocated and margin`,
    difference: whole.difference,
    variancePct: whole.variancePct,
    thresholdPct: policy.invoicePercent,
    figures: {
      invoiced: toText(invoiced),
      allocated: toText(allocated),
      margin: toText(margin),
      not_invoiced_cost: toText(waiting),
      invoices: figures.invoices.length,
    },
    findings,
  };
};

const inCurrency = (minor: bigint, currency: Currency): string => `${moneyText(money(minor, currency))} ${currency}`;

const paymentFindings = (invoice: InvoiceFigure, policy: ReconciliationPolicy): Finding[] => {
  const [total, paid, received] = [
    BigInt(invoice.totalMinor),
    BigInt(invoice.paidMinor),
    BigInt(invoice.receivedMinor),
  ];
  const { invoiceId, tenantId, currency } = invoice;
  const evidence = { invoice_id: invoiceId, currency, total: invoice.totalMinor, received: invoice.receivedMinor };
  const about = { category: "Payment", tenantId } as const;
  const short = deviation(exact(total - received), exact(total), { percent: policy.paymentPercent, absolute: "0" });
  const overdue: Finding[] =
    !invoice.isDue || total <= 0n || short.isWithin
      ? []
      : [
          {
            ...about,
            key: `payment/${invoiceId}`,
            description: `${invoiceId} is due: ${inCurrency(received, currency)} of ${inCurrency(total, currency)} was received. Remind ${tenantId}, or look for the payment.`,
            variancePct: short.variancePct,
            evidence,
          },
        ];
  if (paid === received) return overdue;
  return [
    ...overdue,
    {
      ...about,
      key: `payment/${invoiceId}/applied`,
      description: `${invoiceId} says ${inCurrency(paid, currency)} is paid, its payments say ${inCurrency(received, currency)}.`,
      variancePct: null,
      evidence: { ...evidence, paid: invoice.paidMinor },
    },
  ];
};

/** What was received of each invoice against what it asks for, once it is due. */
export const checkPayments = (figures: Figures, policy: ReconciliationPolicy): Check => {
  if (figures.invoices.length === 0) return notApplicable("payment", `no invoice of ${figures.period} is issued yet`);
  const findings = figures.invoices.flatMap((invoice) => paymentFindings(invoice, policy));
  const due = figures.invoices.filter((invoice) => invoice.isDue);
  const overdue = findings.filter((finding) => finding.variancePct !== null);
  return {
    check: "payment",
    verdict: findings.length === 0 ? "ok" : "warning",
    message:
      findings.length === 0
        ? `what is due was received (${due.length} invoices)`
        : `${overdue.length} of ${due.length} due invoices are not paid`,
    difference: null,
    variancePct: null,
    thresholdPct: policy.paymentPercent,
    figures: { invoices: figures.invoices.length, due: due.length, overdue: overdue.length },
    findings,
  };
};
