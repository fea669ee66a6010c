import type { PlanCode, TenantId } from "../kernel/index.ts";
import { divide, exact, toText } from "../money/index.ts";
import { addDays, cycleAt, type Day, daysIn, endExclusive, overlap, type Period } from "../time/index.ts";

/** A stretch of time under one plan. */
export interface Binding {
  readonly bindingId: string;
  readonly tenantId: TenantId;
  readonly planCode: PlanCode;
  readonly start: Day;
  /** Last day; undefined while open. */
  readonly end: Day | undefined;
}

/** The part of a cycle under one plan; the effective day belongs to the new plan. */
export interface Segment extends Period {
  readonly planCode: PlanCode;
  readonly bindingId: string;
}

const FAR: Day = "9999-12-31" as Day;

/** Cuts a cycle at its plan changes, in order of time. Days without a binding belong to no segment. */
export const segmentsIn = (bindings: readonly Binding[], cycle: Period): Segment[] =>
  bindings
    .flatMap((binding) => {
      if ((binding.end ?? FAR) < binding.start) return [];
      const part = overlap({ start: binding.start, end: binding.end ?? FAR }, cycle);
      return part ? [{ ...part, planCode: binding.planCode, bindingId: binding.bindingId }] : [];
    })
    .toSorted((a, b) => (a.start < b.start ? -1 : 1));

/** Days of the segment / days of the cycle, as decimal text (12 decimals; calculations use the days themselves). */
export const prorationFactor = (segment: Period, cycle: Period): string =>
  toText(divide(exact(daysIn(segment)), exact(daysIn(cycle))));

/** When a change of plan takes effect, and what becomes of the bindings before it. */
export interface PlanChange {
  readonly effective: Day;
  readonly ends: readonly { readonly bindingId: string; readonly end: Day }[];
}

/** The binding that a change on a day starts from: changes of that day itself, and later ones, are replaced by it. */
export const bindingBefore = (bindings: readonly Binding[], start: Day): Binding | undefined =>
  bindings
    .filter((binding) => binding.start < start && (binding.end ?? FAR) >= binding.start)
    .toSorted((a, b) => (a.start < b.start ? -1 : 1))
    .findLast((binding) => (binding.end ?? FAR) >= addDays(start, -1));

/**
 * Decides a change of plan that is wished for a day (domain: Plan changes). An upgrade takes effect on that day, a downgrade with the next cycle,
 * up to which the plan before goes on. What was bound from that day on is void: changes of the same day net to one.
 */
export const planChange = (bindings: readonly Binding[], start: Day, isDowngrade: boolean): PlanChange => {
  const before = bindingBefore(bindings, start);
  const effective = isDowngrade && before ? nextCycleStart(start) : start;
  const ends = bindings
    .filter((binding) => binding !== before && (binding.end ?? FAR) >= start)
    .map((binding) => ({ bindingId: binding.bindingId, end: addDays(start, -1) }));
  return {
    effective,
    ends: before ? [...ends, { bindingId: before.bindingId, end: addDays(effective, -1) }] : ends,
  };
};

/** What becomes of a tenant's bindings when it leaves: they end with its last day, and what would start later is void. */
export const endsOnLeaving = (bindings: readonly Binding[], lastDay: Day): PlanChange["ends"] =>
  bindings
    .filter((binding) => (binding.end ?? FAR) > lastDay && (binding.end ?? FAR) >= binding.start)
    .map(({ bindingId, start }) => ({ bindingId, end: start <= lastDay ? lastDay : addDays(start, -1) }));

/** The start itself where it is the first day of a cycle. */
const nextCycleStart = (start: Day): Day => {
  const cycle = cycleAt(start, 1);
  return cycle.start === start ? start : endExclusive(cycle);
};

export interface SeatChange {
  readonly effectiveFrom: Day;
  readonly seats: number;
}

/** The most seats assigned on any day of a stretch: those in force at its start, and every change within. */
export const peakSeats = (changes: readonly SeatChange[], within: Period): number => {
  const ordered = changes.toSorted((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1));
  const atStart = ordered.findLast((change) => change.effectiveFrom <= within.start)?.seats ?? 0;
  return Math.max(
    atStart,
    ...ordered
      .filter((change) => change.effectiveFrom > within.start && change.effectiveFrom <= within.end)
      .map((change) => change.seats),
  );
};
