import fc from "fast-check";
import { expect, test } from "vitest";
import { toText } from "../money/index.ts";
import { addDays, day, month, monthPeriod } from "../time/index.ts";
import { runRate } from "./projection.ts";

const OCTOBER = monthPeriod(month("2025-10"));
const usage = (days: number, cost: string) =>
  Array.from({ length: days }, (_, index) => ({
    day: addDays(OCTOBER.start, index),
    lineItemType: "Usage",
    cost,
  }));

test("whole days make the rate, the newest day does not", () => {
  const rows = [...usage(10, "31"), { day: day("2025-10-11"), lineItemType: "Usage", cost: "2" }];
  const found = runRate(rows, OCTOBER, day("2025-10-12"));
  expect({ ...found, dailyRate: toText(found.dailyRate), monthToDate: toText(found.monthToDate) }).toMatchObject({
    asOf: "2025-10-10",
    wholeDays: 10,
    days: 31,
    dailyRate: "31",
    monthToDate: "312",
  });
  expect(found.projected && toText(found.projected)).toBe("961");
});

test("what comes once is not taken as a rate", () => {
  const rows = [...usage(11, "10"), { day: OCTOBER.start, lineItemType: "Fee", cost: "100" }];
  const found = runRate(rows, OCTOBER, day("2025-10-12"));
  expect(found.projected && toText(found.projected)).toBe("410");
});

test("a month that is over is what it cost, and one without a whole day has no projection", () => {
  expect(runRate(usage(31, "3"), OCTOBER, day("2025-11-02")).projected).toEqual({ n: 93n, d: 1n });
  expect(runRate(usage(1, "3"), OCTOBER, day("2025-10-01")).projected).toBeNull();
  expect(runRate([], OCTOBER, day("2025-10-01")).projected).toBeNull();
});

test("equal days project to exactly so many of them, on whatever day it is asked", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 31 }), fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (days, cost) => {
      const found = runRate(usage(days, cost.toString()), OCTOBER, addDays(OCTOBER.start, days - 1));
      expect(found.projected).toEqual({ n: cost * 31n, d: 1n });
    }),
  );
});
