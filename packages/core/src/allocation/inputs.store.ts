import {
  type ActiveDelivery,
  activeDeliveries,
  derivePeriodCost,
  type PeriodCost,
  readPeriodCost,
} from "../cost/index.ts";
import { digestOf, invalid, missing, precondition } from "../kernel/index.ts";
import { type Currency, exact, SCALE, scaled } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { listTenantStates, readBindings } from "../tenants/index.ts";
import { addMonths, type Month, monthOf, type Period, monthPeriod } from "../time/index.ts";
import { readPeriodUsage } from "../usage/index.ts";
import { type AllocationRunRow, readRun, readRunInput, type RunOrigin } from "./allocation.store.ts";
import { readBaseline } from "./baseline.store.ts";
import { type InputDigests, inputDigests } from "./input-digests.ts";
import type { AllocationInput, CostBasis, CostGroup, KeyUsage, TenantState } from "./plan.ts";
import { type AllocationRule, rulesInForce } from "./rule.ts";
import { readAllocationPolicy, readAllocationRules } from "./rules.store.ts";
import { statesIn } from "./tenant-states.ts";

/** What a period is allocated from, all but the cost itself; small enough to be stored with the run. */
export interface Prepared {
  readonly month: Month;
  readonly input: Omit<AllocationInput, "costs">;
  readonly origin: RunOrigin;
}

const originOf = (deliveries: readonly ActiveDelivery[]): Pick<RunOrigin, "deliveries" | "deliveryDigest"> => {
  const named = deliveries.map((delivery) => ({
    delivery_id: delivery.deliveryId,
    digest: delivery.digest,
    daily_digest: delivery.dailyDigest,
  }));
  return { deliveries: named, deliveryDigest: digestOf(named) };
};

/** The digest of the active deliveries of a period in a currency. */
export const readDeliveryDigest = async (tx: Tx, month: Month, currency: Currency): Promise<string> => {
  const deliveries = await activeDeliveries(tx, { period: month });
  return originOf(deliveries.filter((delivery) => delivery.currency === currency)).deliveryDigest;
};

const chooseCurrency = (
  deliveries: readonly ActiveDelivery[],
  month: Month,
  wanted: Currency | undefined,
): Currency => {
  const currencies = [...new Set(deliveries.map((delivery) => delivery.currency))];
  const [only] = currencies;
  if (only === undefined) throw missing("an active cost delivery for", month);
  if (wanted !== undefined && !currencies.includes(wanted))
    throw missing("an active cost delivery for", `${month} in ${wanted}`);
  if (wanted === undefined && currencies.length > 1)
    throw invalid("currency", `${month} has cost in ${currencies.join(", ")}: name one of them`);
  return wanted ?? only;
};

const checkNet = (deliveries: readonly ActiveDelivery[], basis: CostBasis): void => {
  const lacking = deliveries.find((delivery) => delivery.rowsWithoutNet > 0);
  if (basis.startsWith("net_") && lacking)
    throw precondition(
      `basis ${basis}: ${lacking.rowsWithoutNet} rows of delivery ${lacking.deliveryId} have a cost and no net cost. Use the basis ${basis.slice(4)}.`,
    );
};

const readKeys = async (tx: Tx, rules: readonly AllocationRule[], period: Period): Promise<KeyUsage[]> => {
  const metrics = new Set(
    rules.flatMap((rule) => (rule.target === "tenants" ? rule.keys.map((key) => key.metric_code) : [])),
  );
  if (metrics.size === 0) return [];
  const used = Map.groupBy(await readPeriodUsage(tx, period, { metricCodes: [...metrics] }), (row) => row.metricCode);
  return [...metrics]
    .toSorted()
    .flatMap((metric) =>
      (used.get(metric) ?? []).map(({ tenantId, metricCode, value }) => ({ tenantId, metricCode, value })),
    );
};

/** What a stored run was made from beside the cost. Throws a missing Problem. */
export const readStoredInput = async (tx: Tx, run: AllocationRunRow): Promise<Prepared["input"]> => {
  const kept = await readRunInput(tx, run.runId);
  if (!kept) throw missing("the input of allocation run", run.runId);
  const { tenants, usage, previousUsage, rules, policy } = kept;
  const period = { start: run.periodStart, end: run.periodEnd };
  return { period, basis: run.basis, currency: run.currency, tenants, usage, previousUsage, rules, policy };
};

interface Wanted {
  readonly period: Period;
  readonly basis: CostBasis;
  readonly currency: Currency;
  /** Rules that are not in force, but whose key metrics are wanted too. */
  readonly candidates: readonly AllocationRule[];
}

const readTenantStates = async (tx: Tx, period: Period): Promise<readonly TenantState[]> => {
  const states = await listTenantStates(tx);
  const closed = states.filter((tenant) => tenant.status === "closed").map((tenant) => tenant.tenantId);
  return closed.length === 0 ? states : statesIn(period, states, await readBindings(tx, closed));
};

const readPresent = async (tx: Tx, wanted: Wanted): Promise<Pick<Prepared, "input"> & { digests: InputDigests }> => {
  const { candidates, ...of } = wanted;
  const rules = rulesInForce(await readAllocationRules(tx), of.period);
  const policy = await readAllocationPolicy(tx, of.period);
  const tenants = await readTenantStates(tx, of.period);
  const keyed = [...rules, ...candidates];
  const usage = await readKeys(tx, keyed, of.period);
  const previousUsage = await readKeys(tx, fallingBack(keyed), monthBefore(of.period));
  const input = { ...of, tenants, usage, previousUsage, rules, policy };
  return { input, digests: inputDigests(input) };
};

const fallingBack = (rules: readonly AllocationRule[]) => rules.filter((rule) => rule.fallback === "previous_period");
const monthBefore = (period: Period): Period => monthPeriod(addMonths(monthOf(period.start), -1));

/** Usage of metrics that nobody looked at when the period was billed, for candidates that look at them. */
const withMore = (kept: readonly KeyUsage[], read: readonly KeyUsage[]): readonly KeyUsage[] => {
  const known = new Set(kept.map((usage) => usage.metricCode));
  return [...kept, ...read.filter((usage) => !known.has(usage.metricCode))];
};

/** A billed period keeps the rules, keys and tenants that it was billed with. */
const readOriginal = async (
  tx: Tx,
  run: AllocationRunRow,
  { candidates, period }: Wanted,
): Promise<Pick<Prepared, "input"> & { digests: InputDigests }> => {
  const input = await readStoredInput(tx, run);
  const { rulesDigest, usageDigest, tenantsDigest } = run;
  return {
    input: {
      ...input,
      usage: withMore(input.usage, await readKeys(tx, candidates, period)),
      previousUsage: withMore(input.previousUsage, await readKeys(tx, fallingBack(candidates), monthBefore(period))),
    },
    digests: { rulesDigest, usageDigest, tenantsDigest },
  };
};

/**
 * Reads what a period is allocated from: the rules, usage and tenants of now, or of the first issued invoice where the period is billed.
 * Throws a missing Problem when there is no active delivery, an invalid one when the period has several currencies and none is
 * named, a precondition Problem when a net basis lacks net costs.
 */
export const prepareAllocation = async (
  tx: Tx,
  of: {
    readonly month: Month;
    readonly basis: CostBasis;
    readonly currency: Currency | undefined;
    readonly candidates?: readonly AllocationRule[];
  },
): Promise<Prepared> => {
  const { month, basis, candidates = [] } = of;
  const all = await activeDeliveries(tx, { period: month });
  const currency = chooseCurrency(all, month, of.currency);
  const deliveries = all.filter((delivery) => delivery.currency === currency);
  checkNet(deliveries, basis);
  const wanted = { period: monthPeriod(month), basis, currency, candidates };
  const baselineId = await readBaseline(tx, wanted);
  const baseline = baselineId && (await readRun(tx, baselineId));
  const { input, digests } = baseline ? await readOriginal(tx, baseline, wanted) : await readPresent(tx, wanted);
  const origin = { ...originOf(deliveries), ...digests };
  const { deliveryDigest, rulesDigest, usageDigest, tenantsDigest } = origin;
  const inputDigest = digestOf({ month, basis, currency, deliveryDigest, rulesDigest, usageDigest, tenantsDigest });
  return { month, input, origin: { ...origin, inputDigest, restatesRunId: baseline?.runId ?? null } };
};

const groupOf = (row: PeriodCost): CostGroup => ({
  service: row.service,
  usageType: row.usageType,
  lineType: row.lineItemType,
  component: row.component?.trim() === "" ? null : row.component,
  account: row.account,
  region: row.region,
  tenantTag: row.tenantTag,
  otherProvider: row.provider === "AWS" ? null : row.provider,
  billingEntity: row.billingEntity,
  isUpfront: row.isUpfront,
  cost: scaled(exact(row.cost), SCALE),
  lines: row.lines,
});

type Priced = Pick<Prepared, "month" | "input">;
const costOf = ({ month, input }: Priced) => ({ period: month, currency: input.currency, basis: input.basis });

/** The cost of a prepared allocation, in its basis and currency. */
export const readCosts = async (tx: Tx, prepared: Priced): Promise<CostGroup[]> =>
  (await readPeriodCost(tx, costOf(prepared))).map(groupOf);

/** The same, summed anew from the daily cost. */
export const deriveCosts = async (tx: Tx, prepared: Priced): Promise<CostGroup[]> =>
  (await derivePeriodCost(tx, costOf(prepared))).map(groupOf);
