import { expect, test } from "vitest";
import { formulaOf, stepsOf } from "./steps.tsx";

type Line = Parameters<typeof stepsOf>[0];

const formulas = (quantity_exact: string, steps: readonly object[]): string[] => {
  const line = { metric_code: "runner_hours", unit: "hour", quantity_exact, steps } as unknown as Line;
  return stepsOf(line).map((step) => formulaOf(step, line));
};

test("steps that count the line's units carry its unit", () => {
  const steps = [
    { text: "first 100", quantity: "100", unit_price: "0.10" },
    { text: "next 400", quantity: "44.5", unit_price: "0.07" },
  ];
  expect(formulas("144.5", steps)).toEqual(["100 hour × 0.10", "44.5 hour × 0.07"]);
});

test("packages are no units of the line: seven packages for 658.765 hours are not seven hours", () => {
  expect(formulas("658.765", [{ text: "packages of 100", quantity: "7", unit_price: "18" }])).toEqual(["7 × 18.00"]);
});
