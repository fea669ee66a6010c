import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, anchoredDay, day, dayOf, daysBetween, startOfDay, tryDay } from "./day.ts";

const someDay = fc.integer({ min: -10_000, max: 20_000 }).map((offset) => addDays(day("2000-01-01"), offset));

describe("a day", () => {
  it.each(["2025-02-30", "2025-13-01", "0000-01-01", "2025-2-1", "20250201", "2025-02-01T00:00Z", "", "yesterday"])(
    "is not %j",
    (text) => {
      expect(tryDay(text)).toBeUndefined();
      expect(() => day(text)).toThrow(/not a calendar day/);
    },
  );

  it("is the UTC day of an instant, whatever the hour", () => {
    expect(dayOf(new Date("2025-09-30T23:59:59.999Z"))).toBe("2025-09-30");
    expect(dayOf(new Date("2025-09-30T23:00:00-05:00"))).toBe("2025-10-01");
    fc.assert(
      fc.property(someDay, (value) => {
        expect(dayOf(startOfDay(value))).toBe(value);
      }),
    );
  });

  it("is as many days on as were added, across months, leap days and clock changes", () => {
    fc.assert(
      fc.property(someDay, fc.integer({ min: -5000, max: 5000 }), (value, days) => {
        expect(daysBetween(value, addDays(value, days))).toBe(days);
        expect(addDays(addDays(value, days), -days)).toBe(value);
      }),
    );
    expect(addDays(day("2024-02-28"), 1)).toBe("2024-02-29");
  });

  it("sorts as text in the order of time", () => {
    fc.assert(
      fc.property(someDay, someDay, (a, b) => {
        expect(Math.sign(daysBetween(a, b))).toBe(a < b ? 1 : a > b ? -1 : 0);
      }),
    );
  });

  it("anchored on the 31st falls on the last day of shorter months", () => {
    expect([0, 1, 3].map((month) => anchoredDay(2025, month, 31))).toEqual(["2025-01-31", "2025-02-28", "2025-04-30"]);
    expect(anchoredDay(2024, 1, 31)).toBe("2024-02-29");
    expect(anchoredDay(2024, 12, 15)).toBe("2025-01-15");
  });
});
