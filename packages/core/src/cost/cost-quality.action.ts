import { and, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { missing, monthInput } from "../kernel/index.ts";
import { divide, exact, isPositive, multiply, toFixed } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { view } from "../record/index.ts";
import type { Month } from "../time/index.ts";
import { costDaily, curDelivery } from "./cost.sql.ts";
import { listDeliveries, readFindings } from "./deliveries.store.ts";
import { findingOf } from "./finding.ts";
import { checkIdentity } from "./identity.ts";
import { KNOWN_LINE_TYPES, lineRoute } from "./line-types.ts";
import { payerTotals } from "./period-totals.store.ts";

/** Line item types that can carry a tag. */
const USAGE_TYPES = KNOWN_LINE_TYPES.filter((type) => lineRoute(type) === "usage");

const whole = sql<string>`coalesce(sum(${costDaily.unblendedCost}), 0)::numeric(38,12)::text`;
const share = (condition: ReturnType<typeof sql>) =>
  sql<string>`coalesce(sum(${costDaily.unblendedCost}) filter (where ${condition}), 0)::numeric(38,12)::text`;

/** Cost of usage lines by whether they carry the tags of the tag schema. */
const readCoverage = async (tx: Tx, period: Month) => {
  const [row] = await tx
    .select({
      usage: whole,
      tenant: share(sql`${costDaily.tagState} = 'present'`),
      blank: share(sql`${costDaily.tagState} = 'blank'`),
      plan: share(sql`coalesce(${costDaily.planTag}, '') <> ''`),
      component: share(sql`coalesce(${costDaily.component}, '') <> ''`),
    })
    .from(costDaily)
    .innerJoin(curDelivery, eq(curDelivery.deliveryId, costDaily.deliveryId))
    .where(
      and(
        eq(costDaily.period, period),
        eq(curDelivery.status, "active"),
        inArray(costDaily.lineItemType, [...USAGE_TYPES]),
      ),
    );
  return row;
};

/** Percent of a whole with 2 decimals; null where there is nothing to be a part of. */
const percent = (part: string, all: string): string | null =>
  isPositive(exact(all)) ? toFixed(multiply(divide(exact(part), exact(all)), exact("100")), 2) : null;

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
      const coverage = await readCoverage(tx, period);
      const usage = coverage?.usage ?? "0";
      const part = (amount: string | undefined) => ({ cost: amount ?? "0", percent: percent(amount ?? "0", usage) });
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
        tags: {
          usage_cost: usage,
          tenant: part(coverage?.tenant),
          tenant_blank: part(coverage?.blank),
          plan: part(coverage?.plan),
          component: part(coverage?.component),
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
        ).map(findingOf),
      };
    }),
);
