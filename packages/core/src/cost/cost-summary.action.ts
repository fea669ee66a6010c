import { and, eq, gte, lte, sql } from "drizzle-orm";
import { z } from "zod";
import { dayInput, invalid, missing, monthInput, precondition } from "../kernel/index.ts";
import { type Currency, isCurrency } from "../money/index.ts";
import { view } from "../record/index.ts";
import { costDaily, curDelivery } from "./cost.sql.ts";
import { type ActiveDelivery, activeDeliveries } from "./period-cost.store.ts";

/** What a summary may be broken down by. */
const BREAKDOWN = {
  service: costDaily.service,
  tenant: costDaily.tenantTag,
  plan: costDaily.planTag,
  component: costDaily.component,
  line_item_type: costDaily.lineItemType,
  usage_type: costDaily.usageType,
  account: costDaily.account,
  region: costDaily.region,
  payer: costDaily.payer,
  provider: costDaily.provider,
  billing_entity: costDaily.billingEntity,
  tag_state: costDaily.tagState,
  day: costDaily.usageDate,
} as const;
type BreakdownName = keyof typeof BREAKDOWN;
const NAMES = Object.keys(BREAKDOWN) as readonly BreakdownName[];
const isName = (text: string): text is BreakdownName => Object.hasOwn(BREAKDOWN, text);

const BASES = {
  unblended: costDaily.unblendedCost,
  amortized: costDaily.amortizedCost,
  net_unblended: costDaily.netUnblendedCost,
  net_amortized: costDaily.netAmortizedCost,
} as const;

/** Names with commas, as they come in a query string. */
const byInput = z.string().transform((text, context): BreakdownName[] => {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !isName(name));
  if (unknown !== undefined)
    context.addIssue({
      code: "custom",
      message: `cannot break down by ${JSON.stringify(unknown)}; any of ${NAMES.join(", ")}`,
    });
  return [...new Set(names.filter(isName))];
});

/** Filters by exact value, all optional; an empty tenant means "without a tenant tag". */
export const costFilters = {
  service: z.string().optional(),
  tenant: z.string().optional(),
  component: z.string().optional(),
  line_item_type: z.string().optional(),
  usage_type: z.string().optional(),
  account: z.string().optional(),
  region: z.string().optional(),
  from: dayInput.optional(),
  to: dayInput.optional(),
};
const filters = z.object(costFilters);

const conditionOf = (input: z.output<typeof filters>) =>
  and(
    ...(["service", "component", "line_item_type", "usage_type", "account", "region"] as const).map((name) => {
      const wanted = input[name];
      return wanted === undefined ? undefined : eq(BREAKDOWN[name], wanted);
    }),
    input.tenant === undefined ? undefined : sql`coalesce(${costDaily.tenantTag}, '') = ${input.tenant}`,
    input.from === undefined ? undefined : gte(costDaily.usageDate, input.from),
    input.to === undefined ? undefined : lte(costDaily.usageDate, input.to),
  );

const currencyOf = (deliveries: readonly ActiveDelivery[], period: string, wanted: Currency | undefined): Currency => {
  const currencies = [...new Set(deliveries.map((delivery) => delivery.currency))];
  const [first] = currencies;
  if (first === undefined || (wanted !== undefined && !currencies.includes(wanted)))
    throw missing("an active cost delivery for", wanted === undefined ? period : `${period} in ${wanted}`);
  if (wanted === undefined && currencies.length > 1)
    throw invalid("currency", `${period} has cost in ${currencies.join(", ")}, which do not add up: name one of them`);
  return wanted ?? first;
};

/**
 * Cost of a billing period by service, tenant tag or anything else that a rule selects by. Amounts are decimal text with 12 decimals, and the
 * groups add up to the total exactly. Throws missing when the period has no cost, precondition for a net basis without net costs.
 */
export const costSummary = view(
  "cost.summary",
  {
    needs: "cost:read",
    input: z.object({
      period: monthInput,
      basis: z.enum(["unblended", "amortized", "net_unblended", "net_amortized"]).default("unblended"),
      by: byInput.default(["service"]),
      currency: z.string().refine(isCurrency, "must be an ISO 4217 code").optional(),
      ...costFilters,
    }),
  },
  (door, input) =>
    door.load(async (tx) => {
      const deliveries = await activeDeliveries(tx, { period: input.period });
      const currency = currencyOf(deliveries, input.period, input.currency);
      const lacking = deliveries.find((delivery) => delivery.rowsWithoutNet > 0 && delivery.currency === currency);
      if (input.basis.startsWith("net_") && lacking)
        throw precondition(
          `basis ${input.basis}: ${lacking.rowsWithoutNet} lines of ${lacking.deliveryId} have a cost and no net cost. Use ${input.basis.slice(4)}.`,
        );
      const keys = Object.fromEntries(input.by.map((name) => [name, BREAKDOWN[name]]));
      const cost = sql<string>`sum(${BASES[input.basis]})::numeric(38,12)::text`;
      const rows = sql<number>`coalesce(sum(${costDaily.rowCount}), 0)`.mapWith(Number);
      const where = and(
        eq(costDaily.period, input.period),
        eq(curDelivery.status, "active"),
        eq(curDelivery.currency, currency),
        conditionOf(input),
      );
      const joined = eq(curDelivery.deliveryId, costDaily.deliveryId);
      const groups = await tx
        .select({ ...keys, cost, rows })
        .from(costDaily)
        .innerJoin(curDelivery, joined)
        .where(where)
        .groupBy(...Object.values(keys))
        .orderBy(sql`sum(${BASES[input.basis]}) desc`, ...Object.values(keys));
      const [all] = await tx
        .select({ cost: sql<string>`coalesce(sum(${BASES[input.basis]}), 0)::numeric(38,12)::text`, rows })
        .from(costDaily)
        .innerJoin(curDelivery, joined)
        .where(where);
      return {
        period: input.period,
        basis: input.basis,
        currency,
        total: all?.cost ?? "0.000000000000",
        rows: all?.rows ?? 0,
        groups: groups.map(({ cost: amount, rows: count, ...key }) => ({
          key: key as Record<string, string | null>,
          cost: amount,
          rows: count,
        })),
      };
    }),
);
