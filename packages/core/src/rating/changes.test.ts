import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addMoney, exact, fraction, money, moneyText, roundMoney, sumMoney } from "../money/index.ts";
import { addDays, day, daysIn, type Period } from "../time/index.ts";
import { rateCharges } from "./charge.ts";
import { proratedSeries, unusedPart } from "./proration.ts";
import type { ChargeInput } from "./rate-input.ts";
import { segmentFactor } from "./scaling.ts";
import { seatLine } from "./seats.ts";
import { changeLines, changeTakesEffect, netChanges } from "./segments.ts";

const september: Period = { start: day("2025-09-01"), end: day("2025-09-30") };
const price = fc.bigInt({ min: 0n, max: 10n ** 10n }).map((units) => fraction(units, 1000n));

describe("a prorated series", () => {
  it("adds up to the rounded price, however the cycle is cut", () => {
    fc.assert(
      fc.property(
        price,
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 12 }),
        (amount, parts) => {
          const days = parts.reduce((a, b) => a + b, 0);
          fc.pre(days > 0);
          expect(sumMoney("USD", proratedSeries(amount, parts, days, "USD"))).toEqual(roundMoney(amount, "USD"));
        },
      ),
    );
  });

  it("rounds the cumulative amount, so that no part drifts", () => {
    const parts = proratedSeries(exact("100"), [1, 1, 1], 3, "USD").map(moneyText);
    expect(parts).toEqual(["33.33", "33.34", "33.33"]);
  });

  it("rounds lines that name one series as the parts of one price, and others each for itself", () => {
    const part = (id: string, start: string, end: string, series?: string): ChargeInput => ({
      id,
      lineType: "base",
      title: id,
      price: { model: "flat", amount: "19.01" },
      cycle: september,
      service: { start: day(start), end: day(end) },
      series,
    });
    const amounts = (series?: string) =>
      rateCharges({
        currency: "USD",
        lines: [part("a", "2025-09-01", "2025-09-15", series), part("b", "2025-09-16", "2025-09-30", series)],
      }).lines.map((line) => [line.amount, line.amountExact]);
    // 19.01 / 2 = 9.505
    expect(amounts("base")).toEqual([
      ["9.51", "9.505"],
      ["9.50", "9.505"],
    ]);
    expect(amounts()).toEqual([
      ["9.51", "9.505"],
      ["9.51", "9.505"],
    ]);
  });

  it("leaves unused what was not used", () => {
    fc.assert(
      fc.property(price, fc.integer({ min: 0, max: 30 }), (amount, used) => {
        const unused = unusedPart(amount, september, september, addDays(september.start, used), "USD");
        const [spent = money(0, "USD")] = proratedSeries(amount, [used, 30 - used], 30, "USD");
        expect(addMoney(spent, unused)).toEqual(roundMoney(amount, "USD"));
      }),
    );
  });
});

describe("the factor of a segment", () => {
  it("of segments that cut a cycle adds up to 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 29 }), (days) => {
        const cut = addDays(september.start, days);
        const [a, b] = [
          { start: september.start, end: addDays(cut, -1) },
          { start: cut, end: september.end },
        ];
        expect(segmentFactor(a, september)).toEqual(fraction(days, 30));
        expect(segmentFactor(b, september)).toEqual(fraction(30 - days, daysIn(september)));
      }),
    );
  });

  it("counts only days of the cycle", () => {
    expect(segmentFactor({ start: day("2025-08-01"), end: day("2025-10-31") }, september)).toEqual(fraction(1));
    expect(segmentFactor({ start: day("2025-10-01"), end: day("2025-10-31") }, september)).toEqual(fraction(0));
  });
});

describe("a plan change", () => {
  const item = (id: string, amount: string) => ({ id, title: id, lineType: "base" as const, amount });
  const change = (at: string) => ({
    cycle: september,
    at: day(at),
    removed: [item("old", "100")],
    added: [item("new", "200")],
  });
  const amounts = (at: string): string[] =>
    rateCharges({ currency: "USD", lines: changeLines(change(at), "USD") }).lines.map((line) => line.amount);

  it("credits the unused part and charges the new plan from its day on", () => {
    expect(amounts("2025-09-16")).toEqual(["-50.00", "100.00"]);
    expect(amounts("2025-09-30")).toEqual(["-3.33", "6.67"]);
  });

  it("on the first day replaces all of it, after the last day nothing", () => {
    expect(amounts("2025-09-01")).toEqual(["-100.00", "200.00"]);
    expect(changeLines(change("2025-10-01"), "USD")).toEqual([]);
  });

  it("takes effect at once as an upgrade, with the next cycle as a downgrade", () => {
    expect(changeTakesEffect("upgrade", day("2025-09-16"), september)).toBe("2025-09-16");
    expect(changeTakesEffect("downgrade", day("2025-09-16"), september)).toBe("2025-10-01");
  });

  it("nets with others of the same day to one, and back to the plan in force to none", () => {
    const at = day("2025-09-16");
    expect(
      netChanges("A", [
        { at, plan: "B" },
        { at, plan: "C" },
      ]),
    ).toEqual([{ at, plan: "C" }]);
    expect(
      netChanges("A", [
        { at, plan: "B" },
        { at, plan: "A" },
      ]),
    ).toEqual([]);
  });
});

describe("seats", () => {
  const use = (peakUsers: number, service: Period = september) => ({
    id: "seats",
    title: "Seats",
    peakUsers,
    baseSeats: 5,
    seatPrice: "10",
    cycle: september,
    service,
  });

  it("beyond the base seats are charged on the peak of the segment x its factor", () => {
    const line = seatLine(use(8, { start: day("2025-09-16"), end: day("2025-09-30") }));
    expect(line && rateCharges({ currency: "USD", lines: [line] }).total).toBe("15.00");
  });

  it("within the base seats make no line", () => {
    expect(seatLine(use(5))).toBeUndefined();
  });
});
