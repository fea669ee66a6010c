import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, day } from "./day.ts";
import {
  addMonths,
  contains,
  cycleAt,
  daysIn,
  eachDay,
  endExclusive,
  month,
  monthOf,
  monthOfPeriod,
  monthPeriod,
  overlap,
  period,
} from "./period.ts";

const someDay = fc.integer({ min: 0, max: 20_000 }).map((offset) => addDays(day("1990-01-01"), offset));
const somePeriod = fc
  .tuple(someDay, fc.integer({ min: 0, max: 400 }))
  .map(([start, length]) => period(start, addDays(start, length)));

describe("a period", () => {
  it("includes both of its days", () => {
    const september = monthPeriod(month("2025-09"));
    expect(september).toEqual({ start: "2025-09-01", end: "2025-09-30" });
    expect(daysIn(september)).toBe(30);
    expect(endExclusive(september)).toBe("2025-10-01");
    expect(contains(september, day("2025-09-30"))).toBe(true);
    expect(contains(september, day("2025-10-01"))).toBe(false);
  });

  it("holds each of its days once and in order", () => {
    fc.assert(
      fc.property(somePeriod, (value) => {
        const days = eachDay(value);
        expect(days).toHaveLength(daysIn(value));
        expect([days[0], days.at(-1)]).toEqual([value.start, value.end]);
        expect(days.every((each) => contains(value, each))).toBe(true);
      }),
    );
  });

  it("shares with another exactly the days that lie in both", () => {
    fc.assert(
      fc.property(somePeriod, somePeriod, (a, b) => {
        const common = overlap(a, b);
        expect(common).toEqual(overlap(b, a));
        expect(common ? daysIn(common) : 0).toBe(eachDay(a).filter((each) => contains(b, each)).length);
      }),
    );
  });

  it("that ends before it starts is refused", () => {
    expect(() => period(day("2025-09-02"), day("2025-09-01"))).toThrow(/ends/);
  });

  it("is a month's only when it is all of it", () => {
    fc.assert(
      fc.property(someDay, (value) => {
        expect(monthOfPeriod(monthPeriod(monthOf(value)))).toBe(monthOf(value));
      }),
    );
    expect(monthOfPeriod(period(day("2025-09-01"), day("2025-09-29")))).toBeUndefined();
  });
});

describe("months", () => {
  it("add across years", () => {
    expect(addMonths(month("2025-11"), 3)).toBe("2026-02");
    expect(addMonths(month("2025-01"), -1)).toBe("2024-12");
  });

  it.each(["2025-13", "2025-00", "2025-9", "202509", "0000-01", "9999-12"])("are not %j", (text) => {
    expect(() => month(text)).toThrow(/not a month/);
  });
});

describe("the cycle of a day", () => {
  it("holds the day, and the next cycle starts the day after it ends", () => {
    fc.assert(
      fc.property(someDay, fc.integer({ min: 1, max: 31 }), (at, anchor) => {
        const cycle = cycleAt(at, anchor);
        expect(contains(cycle, at)).toBe(true);
        expect(cycleAt(endExclusive(cycle), anchor).start).toBe(endExclusive(cycle));
      }),
    );
  });

  it("anchored on the 31st starts on the last day of shorter months", () => {
    expect(cycleAt(day("2024-02-15"), 31)).toEqual({ start: "2024-01-31", end: "2024-02-28" });
    expect(cycleAt(day("2024-02-29"), 31)).toEqual({ start: "2024-02-29", end: "2024-03-30" });
  });
});
