import { z } from "zod";
import { openInvoices } from "../invoicing/index.ts";
import { forbidden, missing, monthInput } from "../kernel/index.ts";
import { ACCOUNTS, trialBalance } from "../ledger/index.ts";
import { type Exact, exact, subtract, sumExact, ZERO } from "../money/index.ts";
import { selectPayments } from "../payments/index.ts";
import type { Tx } from "../ports/index.ts";
import { countExceptions, readStanding } from "../reconciliation/index.ts";
import { type ViewDoor, view } from "../record/index.ts";
import { addMonths, dayOf, type Month, monthPeriod } from "../time/index.ts";
import { ageReceivables } from "./ageing.ts";
import { pendingApprovals } from "./inbox.action.ts";
import { periodResult, shareOf, tenantResults } from "./kpi.ts";
import { percentNumber, usdPair } from "./wire.ts";

/** Money that was confirmed as received on days of the month. */
const receivedIn = async (tx: Tx, month: Month): Promise<Exact> => {
  const { start, end } = monthPeriod(month);
  const payments = await selectPayments(tx, { status: "confirmed", from: start, to: end });
  return sumExact(payments.map((payment) => exact(payment.amountUsd)));
};

const read = (door: ViewDoor, month: Month) =>
  door.load(async (tx) => {
    const today = dayOf(door.now);
    const before = addMonths(month, -1);
    return {
      standing: await readStanding(tx, { month, today }),
      earlier: (await readStanding(tx, { month: before, today })).found,
      open: await openInvoices(tx),
      received: await receivedIn(tx, month),
      exceptions: await countExceptions(tx),
    };
  });

/** What AWS charged against the month before; null where that was not allocated. */
const costChange = (now: string, earlier: { readonly awsTotal: string } | undefined, month: Month) => {
  if (!earlier) return null;
  const change = subtract(exact(now), exact(earlier.awsTotal));
  return {
    previous_period: addMonths(month, -1),
    ...usdPair("previous_aws_total_usd", exact(earlier.awsTotal)),
    ...usdPair("change_usd", change),
    change_pct: percentNumber(shareOf(change, exact(earlier.awsTotal))),
  };
};

/** Open invoices by age, beside what the books say of receivables: two figures that come from different rows. */
const receivables = async (door: ViewDoor, open: Awaited<ReturnType<typeof openInvoices>>) => {
  const buckets = ageReceivables(open, dayOf(door.now));
  const books = await trialBalance.run(door.call, {});
  const account = books.accounts.find((row) => row.account_code === ACCOUNTS.receivables.code);
  return {
    ...usdPair("open_usd", sumExact(buckets.map((bucket) => bucket.usd))),
    ...usdPair("ledger_usd", account ? exact(account.balance) : ZERO),
    buckets: buckets.map(({ bucket, invoices, usd }) => ({ bucket, invoices, ...usdPair("amount_usd", usd) })),
  };
};

/** Key figures of a period: revenue, cost, margin, cash and receivables, as far as there is data for them. Amounts in US dollars. */
export const kpis = view(
  "reports.kpis",
  { needs: "billing:read", input: z.object({ period: monthInput }) },
  async (door, { period: month }) => {
    if (door.actor.tenantId !== undefined)
      throw forbidden("key figures are the operator's own: a tenant's token does not reach them.");
    door.need("cost:read");
    const { standing, earlier, open, received, exceptions } = await read(door, month);
    const { figures, found } = standing;
    if (!figures || !found) throw missing("allocated cost of the period", month);
    const result = periodResult(figures, found);
    return {
      period: month,
      basis: figures.basis,
      currency: "USD",
      as_of: door.now.toISOString(),
      invoices: figures.invoices.length,
      ...usdPair("revenue_usd", result.revenue),
      ...usdPair("recurring_revenue_usd", result.recurring),
      ...usdPair("cost_usd", result.cost),
      ...usdPair("operator_overhead_usd", result.overhead),
      ...usdPair("aws_total_usd", result.awsTotal),
      ...usdPair("gross_margin_usd", result.grossMargin),
      gross_margin_pct: percentNumber(result.grossMarginPct),
      ...usdPair("margin_after_overhead_usd", result.afterOverhead),
      cost_variance: costChange(found.awsTotal, earlier, month),
      ...usdPair("received_usd", received),
      receivables: await receivables(door, open),
      tenants: tenantResults(figures).map((tenant) => ({
        tenant_id: tenant.tenantId,
        ...usdPair("revenue_usd", tenant.revenue),
        ...usdPair("cost_usd", tenant.cost),
        ...usdPair("margin_usd", tenant.margin),
        margin_pct: percentNumber(tenant.marginPct),
      })),
      signals: {
        reconciliation: found.status,
        open_exceptions: exceptions.count,
        pending_approvals: (await pendingApprovals(door)).length,
      },
    };
  },
);
