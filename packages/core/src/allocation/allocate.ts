import { digestOf, type Json, unreachable } from "../kernel/index.ts";
import { fraction, SCALE, toText, unscaled } from "../money/index.ts";
import { usageByMetric } from "./curve.ts";
import { routeFindings } from "./findings.ts";
import type {
  AllocationFinding,
  AllocationInput,
  AllocationPlan,
  AllocationRow,
  AllocationTotals,
  CostGroup,
  CostPool,
  KeyUsage,
  ServiceTotals,
  TenantState,
} from "./plan.ts";
import type { AllocationPolicy } from "./policy.ts";
import { poolCosts } from "./route.ts";
import { type Participants, rowOf, sharePool, spreadPool } from "./share.ts";

const UNITS = 10n ** BigInt(SCALE);

/** Units of 1e-12 as decimal text with 12 decimals, as the tables hold them. */
export const costText = (units: bigint): string => unscaled(units, SCALE);
/** The same as the API shows them: without trailing zeros. */
export const shownCost = (units: bigint): string => toText(fraction(units, UNITS));

const participantsOf = (input: Omit<AllocationInput, "costs">): Participants => {
  const real = input.tenants.filter((tenant) => !tenant.isSynthetic);
  const known = new Set<string>(real.map((tenant) => tenant.tenantId));
  const byUsage = (usage: readonly KeyUsage[]) => usageByMetric(usage, (tenantId) => known.has(tenantId));
  const payable = real.filter((tenant) => tenant.status !== "closed");
  return {
    payable: new Map(payable.map((tenant): [string, TenantState] => [tenant.tenantId, tenant])),
    usage: byUsage(input.usage),
    previousUsage: byUsage(input.previousUsage),
  };
};

const isSpread = (pool: CostPool, policy: AllocationPolicy): boolean =>
  (pool.reason === "discount" && policy.discounts === "spread") ||
  (pool.reason === "credit" && policy.credits === "spread") ||
  (pool.reason === "refund" && policy.refunds === "spread");

interface Placement {
  readonly rows: AllocationRow[];
  readonly findings: AllocationFinding[];
}

const placePool = (pool: CostPool, participants: Participants): Placement => {
  const whole = { cost: pool.cost, tenantId: null };
  if (pool.reason === "rule" && pool.rule?.target === "tenants") {
    const { rows, findings } = sharePool(pool, pool.rule, participants);
    return { rows: [...rows], findings: [...findings] };
  }
  if (pool.reason === "no_rule") return { rows: [rowOf(pool, { ...whole, kind: "untagged" })], findings: [] };
  if (pool.reason !== "tag") return { rows: [rowOf(pool, { ...whole, kind: "overhead" })], findings: [] };
  const tenant = participants.payable.get(pool.tenantTag ?? "");
  if (!tenant) return unreachable(`pool ${pool.poolNo} is direct, but ${pool.tenantTag} cannot be charged`);
  return { rows: [rowOf(pool, { cost: pool.cost, tenantId: tenant.tenantId, kind: "direct" })], findings: [] };
};

const place = (pools: readonly CostPool[], input: Omit<AllocationInput, "costs">): Placement => {
  const participants = participantsOf(input);
  const rows: AllocationRow[] = [];
  const findings: AllocationFinding[] = [];
  const take = (placed: {
    readonly rows: readonly AllocationRow[];
    readonly findings: readonly AllocationFinding[];
  }): void => {
    for (const row of placed.rows) rows.push(row);
    findings.push(...placed.findings);
  };
  for (const pool of pools) if (!isSpread(pool, input.policy)) take(placePool(pool, participants));
  const base = [...rows];
  for (const pool of pools) if (isSpread(pool, input.policy)) take(spreadPool(pool, base));
  return { rows, findings };
};

const sumByService = (parts: readonly { readonly service: string; readonly cost: bigint }[]): Map<string, bigint> => {
  const sums = new Map<string, bigint>();
  for (const part of parts) sums.set(part.service, (sums.get(part.service) ?? 0n) + part.cost);
  return sums;
};

/** Totals per service, from the rows, held against the pools. Throws an internal Problem where they differ by a single unit. */
const conservedTotals = (pools: readonly CostPool[], rows: readonly AllocationRow[]): ServiceTotals[] => {
  const totals = sumByService(pools);
  const parts = (kind: AllocationRow["kind"]) => sumByService(rows.filter((row) => row.kind === kind));
  const kinds = {
    direct: parts("direct"),
    allocated: parts("allocated"),
    overhead: parts("overhead"),
    untagged: parts("untagged"),
  };
  return [...totals]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, total]) => {
      const part = (kind: AllocationRow["kind"]): bigint => kinds[kind].get(service) ?? 0n;
      const of = {
        service,
        total,
        direct: part("direct"),
        allocated: part("allocated"),
        overhead: part("overhead"),
        untagged: part("untagged"),
      };
      const placed = of.direct + of.allocated + of.overhead + of.untagged;
      if (placed !== total)
        return unreachable(`allocation of ${service} lost ${costText(total - placed)} of ${costText(total)}`);
      return of;
    });
};

const sumTotals = (services: readonly ServiceTotals[]): AllocationTotals => {
  const sum = (part: (service: ServiceTotals) => bigint): bigint =>
    services.reduce((total, service) => total + part(service), 0n);
  return {
    total: sum((service) => service.total),
    direct: sum((service) => service.direct),
    allocated: sum((service) => service.allocated),
    overhead: sum((service) => service.overhead),
    untagged: sum((service) => service.untagged),
  };
};

/** A row as the digest and the comparison of two runs see it. */
export const rowJson = (row: AllocationRow): { readonly [key: string]: Json } => ({
  kind: row.kind,
  reason: row.reason,
  tenant: row.tenantId,
  service: row.service,
  category: row.category,
  rule: row.ruleId,
  rule_version: row.ruleVersion,
  cost: costText(row.cost),
  pool_cost: costText(row.poolCost),
  key_metric: row.keyMetric,
  key_value: row.keyValue,
  key_total: row.keyTotal,
});

const rowOrder = (a: AllocationRow, b: AllocationRow): number => {
  if (a.poolNo !== b.poolNo) return a.poolNo - b.poolNo;
  const [left, right] = [a.tenantId ?? "\uffff", b.tenantId ?? "\uffff"];
  return left < right ? -1 : left > right ? 1 : 0;
};

const findingOrder = (finding: AllocationFinding): string =>
  [finding.code, finding.service, finding.ruleId ?? "", finding.subject ?? "", finding.message].join("\u0000");

const checkPooled = (costs: readonly CostGroup[], pools: readonly CostPool[]): void => {
  const pooled = sumByService(pools);
  for (const [service, cost] of sumByService(costs))
    if (pooled.get(service) !== cost) unreachable(`pooling of ${service} does not keep its cost of ${costText(cost)}`);
};

/** Shares pools that were routed already: the second half of `allocate`, with the same guarantees. */
export const allocatePools = (pools: readonly CostPool[], input: Omit<AllocationInput, "costs">): AllocationPlan => {
  const placed = place(pools, input);
  const rows = placed.rows.toSorted(rowOrder);
  const perService = conservedTotals(pools, rows);
  const findings = [...routeFindings(pools), ...placed.findings]
    .map((finding) => ({ finding, order: findingOrder(finding) }))
    .toSorted((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ finding }) => finding);
  const { period, basis, currency } = input;
  const digest = digestOf({ period: { ...period }, basis, currency, rows: rows.map(rowJson) });
  return { period, basis, currency, pools, rows, totals: sumTotals(perService), perService, findings, digest };
};

/**
 * Decides what each tenant and the operator bear of a period's cost: routing, pooling, sharing; nothing is stored. Amounts are
 * whole numbers of 1e-12 of the currency, and per service direct + allocated + overhead + untagged = total, exactly. The order
 * of the input does not matter. Throws RangeError on usage that is negative or no decimal.
 */
export const allocate = (input: AllocationInput): AllocationPlan => {
  const pools = poolCosts(input);
  checkPooled(input.costs, pools);
  return allocatePools(pools, input);
};
