import type { PlanCode, TenantId } from "../kernel/index.ts";
import { divide, exact, toText } from "../money/index.ts";
import { addDays, type Day, daysIn, overlap, type Period } from "../time/index.ts";

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

/** What a binding that starts on a day does to those before: open ones end the day before; those of the same day net to one. */
export const closeBefore = (
  bindings: readonly Binding[],
  start: Day,
): readonly { readonly bindingId: string; readonly end: Day }[] =>
  bindings
    .filter((binding) => (binding.end ?? FAR) >= start)
    .map((binding) => ({ bindingId: binding.bindingId, end: addDays(start, -1) }));

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
