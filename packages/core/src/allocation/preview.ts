import type { TenantId } from "../kernel/index.ts";
import type { AllocationPlan, AllocationTotals } from "./plan.ts";

/** An amount under the rules as they are and under the candidates, in units of 1e-12: before + difference = after. */
export interface Moved {
  readonly before: bigint;
  readonly after: bigint;
  readonly difference: bigint;
}

/** What one tenant, or the operator (tenantId null), bears before and after. */
export interface BearerEffect extends Moved {
  readonly tenantId: TenantId | null;
  /** Every service whose amount moves. */
  readonly services: readonly (Moved & { readonly service: string })[];
}

export interface RuleEffect {
  readonly totals: Readonly<Record<keyof AllocationTotals, Moved>>;
  /** The greatest movement first, ties by tenant id with the operator last. */
  readonly bearers: readonly BearerEffect[];
  /** What changes hands: the sum of all differences above zero, which equals the sum of those below. */
  readonly moved: bigint;
}

const moved = (before: bigint, after: bigint): Moved => ({ before, after, difference: after - before });
const size = (value: bigint): bigint => (value < 0n ? -value : value);

type Bearer = TenantId | null;

/** Bearer to service to what the plan lays on it. */
const byBearer = (plan: AllocationPlan): Map<Bearer, Map<string, bigint>> => {
  const sums = new Map<Bearer, Map<string, bigint>>();
  for (const row of plan.rows) {
    const services = sums.get(row.tenantId) ?? new Map<string, bigint>();
    services.set(row.service, (services.get(row.service) ?? 0n) + row.cost);
    sums.set(row.tenantId, services);
  }
  return sums;
};

const sum = (values: Iterable<bigint>): bigint => [...values].reduce((total, value) => total + value, 0n);

const effectOn = (
  tenantId: Bearer,
  before: ReadonlyMap<string, bigint>,
  after: ReadonlyMap<string, bigint>,
): BearerEffect => {
  const services = [...new Set([...before.keys(), ...after.keys()])]
    .toSorted()
    .map((service) => ({ service, ...moved(before.get(service) ?? 0n, after.get(service) ?? 0n) }))
    .filter(({ difference }) => difference !== 0n);
  return { tenantId, ...moved(sum(before.values()), sum(after.values())), services };
};

const sortKey = (tenantId: Bearer): string => tenantId ?? "\uffff";

const byMovement = (a: BearerEffect, b: BearerEffect): number => {
  const [left, right] = [size(a.difference), size(b.difference)];
  if (left !== right) return left > right ? -1 : 1;
  return sortKey(a.tenantId) < sortKey(b.tenantId) ? -1 : 1;
};

/** How two allocations of the same cost differ, bearer by bearer. The differences add up to zero: a rule moves cost, it makes none. */
export const ruleEffect = (before: AllocationPlan, after: AllocationPlan): RuleEffect => {
  const [old, next] = [byBearer(before), byBearer(after)];
  const none: ReadonlyMap<string, bigint> = new Map();
  const bearers = [...new Set([...old.keys(), ...next.keys()])]
    .map((bearer) => effectOn(bearer, old.get(bearer) ?? none, next.get(bearer) ?? none))
    .toSorted(byMovement);
  const part = (name: keyof AllocationTotals): Moved => moved(before.totals[name], after.totals[name]);
  return {
    totals: {
      total: part("total"),
      direct: part("direct"),
      allocated: part("allocated"),
      overhead: part("overhead"),
      untagged: part("untagged"),
    },
    bearers,
    moved: sum(bearers.map(({ difference }) => (difference > 0n ? difference : 0n))),
  };
};
