import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addMoney, exact, fraction, money, roundMoney } from "../money/index.ts";
import { day } from "../time/index.ts";
import { creditable, creditTax } from "./credit-note.ts";
import { coverInOrder, settleWithCredits } from "./settlement.ts";

describe("prepaid credit", () => {
  const grant = (id: string, minor: number, expiresOn?: string) => ({
    id,
    left: money(minor, "USD"),
    expiresOn: expiresOn === undefined ? undefined : day(expiresOn),
  });
  const at = day("2025-09-30");

  it("is used oldest expiry first, ties by grant id, what does not expire last", () => {
    const grants = [
      grant("c", 10),
      grant("b", 10, "2025-12-31"),
      grant("a", 10, "2025-12-31"),
      grant("z", 10, "2025-10-31"),
    ];
    const settled = settleWithCredits(money(35, "USD"), grants, at);
    expect(settled.applied.map((part) => [part.grantId, part.amount.minor])).toEqual([
      ["z", 10n],
      ["a", 10n],
      ["b", 10n],
      ["c", 5n],
    ]);
    expect(settled.due.minor).toBe(0n);
  });

  it("that has expired or is in another currency pays nothing; a credit balance uses none", () => {
    const euros = { id: "e", left: money(10, "EUR"), expiresOn: undefined };
    expect(settleWithCredits(money(10, "USD"), [euros, grant("old", 10, "2025-09-29")], at).due.minor).toBe(10n);
    expect(settleWithCredits(money(-10, "USD"), [grant("a", 10)], at)).toEqual({ applied: [], due: money(-10, "USD") });
  });

  it("covers amounts in order until it is used up, and never more than there is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 1000n }), { maxLength: 10 }),
        fc.bigInt({ min: 0n, max: 5000n }),
        (list, available) => {
          const covered = coverInOrder(list, available);
          const [all, paid] = [list, covered].map((values) => values.reduce((a, b) => a + b, 0n));
          expect(paid).toBe((all ?? 0n) < available ? all : available);
          expect(covered.every((amount, index) => amount >= 0n && amount <= (list[index] ?? 0n))).toBe(true);
        },
      ),
    );
  });
});

describe("a credit note", () => {
  it("never exceeds what remains of a line", () => {
    const credit = (asked: number, credited: number): bigint =>
      creditable(money(asked, "USD"), money(200, "USD"), money(credited, "USD")).minor;
    expect([credit(100, 50), credit(300, 50), credit(-50, 50), credit(100, 250)]).toEqual([100n, 150n, 0n, 0n]);
  });

  it("that uses up the net amount absorbs the tax that is left, so that notes add up to the invoice", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 100_000n }),
        fc.integer({ min: 0, max: 30 }),
        fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 5 }),
        (net, ratePercent, cuts) => {
          const tax = roundMoney(fraction(net * BigInt(ratePercent), 10_000n), "USD");
          let left = { net: money(net, "USD"), tax };
          let credited = money(0, "USD");
          const take = (part: bigint): void => {
            const partTax = creditTax(money(part, "USD"), left, exact(ratePercent));
            credited = addMoney(credited, partTax);
            left = { net: money(left.net.minor - part, "USD"), tax: money(left.tax.minor - partTax.minor, "USD") };
          };
          for (const cut of cuts) take((left.net.minor * BigInt(cut)) / 100n);
          take(left.net.minor);
          expect(credited).toEqual(tax);
        },
      ),
    );
  });
});
