import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BillingSchedule, cycleEndedBefore, cycleHolding, cycleOf, elapsedCycles } from "./cycle.ts";
import { addDays, day } from "./day.ts";
import { advance, intervalOf, type IntervalName, wholeIntervals } from "./interval.ts";
import { contains, endExclusive } from "./period.ts";

const someDay = fc.integer({ min: 0, max: 12_000 }).map((offset) => addDays(day("2000-01-01"), offset));
const interval = fc
  .constantFrom<IntervalName>("weekly", "thirty_days", "monthly", "quarterly", "annual")
  .map(intervalOf);
const schedule: fc.Arbitrary<BillingSchedule> = fc.record({
  start: someDay,
  anchor: fc.integer({ min: 1, max: 31 }),
  interval,
});
const monthly = (start: string, anchor: number): BillingSchedule => ({
  start: day(start),
  anchor,
  interval: intervalOf("monthly"),
});

describe("billing cycles", () => {
  it("follow one another without gap or overlap", () => {
    fc.assert(
      fc.property(schedule, fc.integer({ min: 0, max: 60 }), (plan, index) => {
        expect(cycleOf(plan, index + 1).start).toBe(endExclusive(cycleOf(plan, index)));
      }),
    );
  });

  it("are counted by the day: the cycle of a day holds it and has the number of cycles that ended", () => {
    fc.assert(
      fc.property(schedule, fc.integer({ min: 0, max: 3000 }), (plan, later) => {
        const at = addDays(plan.start, later);
        const cycle = cycleHolding(plan, at);
        expect(contains(cycle, at)).toBe(true);
        expect(cycle).toEqual(cycleOf(plan, elapsedCycles(plan, at)));
      }),
    );
  });

  it("start with a shorter one when the subscription starts before its anchor", () => {
    expect(cycleOf(monthly("2024-01-01", 10), 0)).toEqual({ start: "2024-01-01", end: "2024-01-09" });
    expect(cycleOf(monthly("2024-01-01", 10), 1)).toEqual({ start: "2024-01-10", end: "2024-02-09" });
    expect(cycleOf(monthly("2024-01-10", 1), 0)).toEqual({ start: "2024-01-10", end: "2024-01-31" });
  });

  it("anchored on the 31st keep the anchor after a shorter month", () => {
    expect([0, 1, 2].map((index) => cycleOf(monthly("2024-01-31", 31), index).start)).toEqual([
      "2024-01-31",
      "2024-02-29",
      "2024-03-31",
    ]);
  });

  it("billed in arrears are those that ended the day before", () => {
    expect(cycleEndedBefore(monthly("2024-01-10", 1), day("2024-02-01"))).toEqual({
      start: "2024-01-10",
      end: "2024-01-31",
    });
  });

  it("have not begun before the start", () => {
    expect(elapsedCycles(monthly("2024-06-01", 1), day("2024-01-01"))).toBe(0);
  });
});

describe("intervals", () => {
  it("that were advanced are counted back as whole", () => {
    fc.assert(
      fc.property(someDay, interval, fc.integer({ min: 0, max: 80 }), (from, by, times) => {
        const to = advance(from, by, times);
        expect(wholeIntervals(from, to, by)).toBe(times);
        if (times > 0) expect(wholeIntervals(from, addDays(to, -1), by)).toBe(times - 1);
      }),
    );
  });

  it("of months keep the day of month or take the last", () => {
    expect(advance(day("2024-01-31"), intervalOf("monthly"))).toBe("2024-02-29");
    expect(advance(day("2016-11-08"), intervalOf("monthly"), -7)).toBe("2016-04-08");
  });

  it("are none where time runs backwards", () => {
    expect(wholeIntervals(day("2024-02-01"), day("2024-01-01"), intervalOf("monthly"))).toBe(0);
  });
});
