import { z } from "zod";
import { activeDeliveries } from "../cost/index.ts";
import { monthInput, type TenantId } from "../kernel/index.ts";
import { periodState } from "../periods/index.ts";
import { view } from "../record/index.ts";
import { listTenants, readBindings } from "../tenants/index.ts";
import { addMonths, dayOf, type Month, monthOf, monthPeriod } from "../time/index.ts";
import { draftFaults } from "./gate.ts";
import { isIssued } from "./invoice.ts";
import { invoiceCounts, liveDraftable } from "./invoicing.store.ts";
import { pendingAdjustments } from "./restatement.store.ts";
import { readPeriodFacts } from "./sources.store.ts";

/** Months that may still be waiting for their invoices: the last three that are over, the oldest first. */
const MONTHS_BACK = [3, 2, 1];

/** Months that are over, have cost and are not closed: those that are asked for, or the last ones. */
export const completedPeriods = view(
  "invoicing.completed-periods",
  { needs: "billing:read", input: z.object({ period: monthInput.nullish() }) },
  async (door, input) => {
    const thisMonth = monthOf(dayOf(door.now));
    const asked: Month[] = input.period ? [input.period] : MONTHS_BACK.map((back) => addMonths(thisMonth, -back));
    const periods: Month[] = [];
    for (const period of asked) {
      if (period >= thisMonth) continue;
      const { state, deliveries } = await door.load(async (tx) => ({
        state: await periodState(tx, period),
        deliveries: await activeDeliveries(tx, { period }),
      }));
      if (state !== "closed" && deliveries.length > 0) periods.push(period);
    }
    return { periods };
  },
);

/** Whether invoices of a month may be drafted, and if not, every reason why not. */
export const billingGate = view(
  "invoicing.gate",
  { needs: "billing:read", input: z.object({ period: monthInput }) },
  async (door, { period }) => {
    const facts = await door.load((tx) => readPeriodFacts(tx, monthPeriod(period), dayOf(door.now)));
    const reasons = draftFaults(facts).map((fault) => fault.reason);
    return { period, is_open: reasons.length === 0, reasons };
  },
);

/**
 * Tenants that are to be invoiced for a month: with a plan in it, or without one where invoices of earlier months are to be corrected; no
 * synthetic ones, none whose invoice is issued. By id.
 */
export const billableTenants = view(
  "invoicing.billable-tenants",
  { needs: "billing:read", input: z.object({ period: monthInput }) },
  async (door, input) => {
    const period = monthPeriod(input.period);
    const { tenants, bindings, live, owed } = await door.load(async (tx) => ({
      tenants: await listTenants(tx),
      bindings: await readBindings(tx),
      live: await liveDraftable(tx, { period }),
      owed: await pendingAdjustments(tx, { before: period.start }),
    }));
    const bound = new Set(
      bindings
        .filter(({ start, end }) => start <= period.end && (end === undefined || end >= period.start))
        .map((binding) => binding.tenantId),
    );
    const isBilled = (tenantId: TenantId): boolean => bound.has(tenantId) || (owed.get(tenantId) ?? []).length > 0;
    const issued = new Set(live.filter(({ status }) => isIssued(status)).map((invoice) => invoice.tenantId));
    return {
      tenants: tenants
        .filter(({ tenantId, isSynthetic }) => !isSynthetic && isBilled(tenantId) && !issued.has(tenantId))
        .map((tenant) => tenant.tenantId),
    };
  },
);

/** What of a month is neither issued nor accounted for: invoices that wait, and tenants that have none, not even a discarded one. */
export const unbilled = view(
  "invoicing.unbilled",
  { needs: "billing:read", input: z.object({ period: monthInput }) },
  async (door, input) => {
    const period = monthPeriod(input.period);
    const { tenants } = await billableTenants.run(door.call, input);
    const { live, regular, corrected } = await door.load(async (tx) => ({
      live: await liveDraftable(tx, { period }),
      regular: await invoiceCounts(tx, { period, kind: "regular" }),
      corrected: await invoiceCounts(tx, { period, kind: "adjustment" }),
    }));
    return {
      invoices: live.filter(({ status }) => !isIssued(status)).map((invoice) => invoice.invoiceId),
      tenants: tenants.filter((tenantId) => !regular.has(tenantId) && !corrected.has(tenantId)),
    };
  },
);
