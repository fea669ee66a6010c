import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { readMoves } from "./comparison.ts";

const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
const text = (value: number): string => (value / 100).toFixed(2);

describe("what changed against the month before", () => {
  test("has no residual where line changes - discount change + tax change is the change", () => {
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 12 }), cents, cents, (changes, discount, tax) => {
        const moves = readMoves({
          change: text(changes.reduce((sum, one) => sum + one, 0) - discount + tax),
          discount_change: text(discount),
          tax_change: text(tax),
          lines: changes.map((change, index) => ({
            line_type: "usage",
            sku_code: `s${index}`,
            state: "changed",
            change: text(change),
          })),
        });
        expect(moves.residual).toBe("0");
      }),
    );
  });

  test("shows what is left over where the parts do not add up", () => {
    const moves = readMoves({
      change: "10.00",
      tax_change: "1.00",
      discount_change: "0.00",
      lines: [{ state: "changed", change: "8.00" }],
    });
    expect(moves.residual).toBe("1");
  });

  test("counts a new line as new and a gone one as gone, not as usage or price", () => {
    const { lines } = readMoves({
      lines: [
        { state: "new", change: "5.00" },
        { state: "gone", change: "-7.00" },
      ],
    });
    expect(lines.map(({ added, gone, usage, price }) => [added, gone, usage, price])).toEqual([
      ["5.00", "0", "0", "0"],
      ["0", "-7.00", "0", "0"],
    ]);
  });

  test("reads nothing out of what is no comparison", () => {
    expect(readMoves(null)).toMatchObject({ lines: [], warnings: [], change: "0", residual: "0" });
  });
});
