import { z } from "zod";
import { missing, monthInput } from "../kernel/index.ts";
import { view } from "../record/index.ts";
import { readCostPolicy } from "./cost-policy.store.ts";
import { readCoverage } from "./coverage.store.ts";
import { listDeliveries, readFindings } from "./deliveries.store.ts";
import { shownFinding } from "./finding.ts";
import { payerFreshness } from "./freshness.store.ts";
import { checkIdentity } from "./identity.ts";
import { payerTotals } from "./period-totals.store.ts";

const NONE = { cost: "0.000000000000", percent: null, rows: 0, rows_percent: null };
/** A period without usage has no cost to tag. */
const NOTHING = {
  currency: null,
  usage_cost: NONE.cost,
  usage_rows: 0,
  tenant: NONE,
  tenant_blank: NONE,
  plan: NONE,
  component: NONE,
};

/**
 * How far the cost of a billing period can be trusted: AWS's identity per payer, tag coverage, invoice ids, findings. Amounts are unblended, decimal
 * text. Throws missing when the period has no active delivery.
 */
export const costQuality = view(
  "cost.quality",
  { needs: "cost:read", input: z.object({ period: monthInput }) },
  (door, { period }) =>
    door.load(async (tx) => {
      const deliveries = (await listDeliveries(tx, { period })).filter((delivery) => delivery.status === "active");
      if (deliveries.length === 0) throw missing("an active cost delivery for", period);
      const { policy, version } = await readCostPolicy(tx);
      const coverage = await readCoverage(tx, period);
      const identities = await Promise.all(
        [...new Set(deliveries.map((delivery) => delivery.currency))].map(async (currency) =>
          (await payerTotals(tx, { period, currency }))
            .filter((totals) => totals.format !== "focus")
            .map((totals) => ({ currency, ...checkIdentity(totals) })),
        ),
      );
      const sum = (count: (delivery: (typeof deliveries)[number]) => number): number =>
        deliveries.reduce((total, delivery) => total + count(delivery), 0);
      return {
        period,
        is_final: deliveries.every((delivery) => delivery.isFinal),
        rows: sum((delivery) => delivery.rows),
        rows_without_invoice: sum((delivery) => delivery.rowsWithoutInvoice),
        rows_without_net: sum((delivery) => delivery.rowsWithoutNet),
        policy_version: version,
        tags: coverage.toSorted((a, b) => b.usage_rows - a.usage_rows)[0] ?? NOTHING,
        tags_by_currency: coverage,
        freshness: {
          limit_days: policy.freshness_days,
          payers: (await payerFreshness(tx, door.now)).map((row) => ({
            ...row,
            is_fresh: row.days <= policy.freshness_days,
          })),
        },
        identity: identities.flat().map((check) => ({
          payer: check.payer,
          currency: check.currency,
          unblended: check.unblended,
          amortized: check.amortized,
          upfront_purchases: check.upfrontPurchases,
          true_up: check.trueUp,
          difference: check.difference,
          tolerance: check.tolerance,
          is_closed: check.isClosed,
        })),
        findings: (
          await readFindings(
            tx,
            deliveries.map((delivery) => delivery.deliveryId),
          )
        ).map(shownFinding),
      };
    }),
);
