import fc from "fast-check";
import { expect, test } from "vitest";
import { barsOf } from "./day-chart.tsx";

const amounts = fc.array(fc.integer({ min: -1_000_00, max: 5_000_00 }), { minLength: 1, maxLength: 31 });

test("bars are as long as their amounts by one scale, stand on the line of zero and stay within the height", () => {
  fc.assert(
    fc.property(amounts, (cents) => {
      const days = cents.map((amount, index) => ({ day: `2026-10-${index + 1}`, cost: String(amount / 100) }));
      const { bars, zero } = barsOf(days, 150);
      const span = Math.max(0, ...cents) - Math.min(0, ...cents);
      for (const [index, bar] of bars.entries()) {
        const amount = cents[index] ?? 0;
        expect(bar.height).toBeCloseTo(span === 0 ? 0 : (Math.abs(amount) / span) * 150, 6);
        expect(amount < 0 ? bar.y : bar.y + bar.height).toBeCloseTo(zero, 6);
        expect(bar.y >= -1e-6 && bar.y + bar.height <= 150 + 1e-6).toBe(true);
      }
    }),
  );
});
