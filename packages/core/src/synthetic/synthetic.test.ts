import { expect, test } from "vitest";
import { scaled, tryExact } from "../money/index.ts";
import { month } from "../time/index.ts";
import { CUR_COLUMNS, type CurColumn } from "./cur-row.ts";
import { generateCur, generateUsage } from "./index.ts";

const tenants = [
  { tenantId: "TEN-A", planCode: "team", size: 3 },
  { tenantId: "TEN-B", planCode: "team", size: 1 },
];
const recipe = { seed: 7, month: month("2026-02"), tenants, rows: 3_000 };

/** Cells of a line; the generator quotes only the tags, which hold commas. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, CUR_COLUMNS.length).map((match) => match[1] ?? "");

const rows = [...generateCur(recipe)].join("").trimEnd().split("\n").slice(1).map(cellsOf);
const cell = (row: readonly string[], column: CurColumn): string => row[CUR_COLUMNS.indexOf(column)] ?? "";
const units = (row: readonly string[], column: CurColumn): bigint =>
  scaled(tryExact(cell(row, column) || "0") ?? { n: 0n, d: 1n }, 10);
const typeOf = (row: readonly string[]): string => cell(row, "line_item_line_item_type");

test("the same seed gives the same bytes, another seed other ones", () => {
  const text = (seed: number) => [...generateCur({ ...recipe, seed })].join("");
  expect(text(7)).toBe(text(7));
  expect(text(7)).not.toBe(text(8));
  expect(generateUsage(recipe)).toEqual(generateUsage(recipe));
});

test("every line item type that a bill can hold is there", () => {
  const types = new Set(rows.map(typeOf));
  for (const type of [
    "Usage",
    "SavingsPlanCoveredUsage",
    "SavingsPlanNegation",
    "SavingsPlanRecurringFee",
    "DiscountedUsage",
    "RIFee",
    "Fee",
    "Tax",
    "Credit",
    "Refund",
    "EdpDiscount",
  ])
    expect(types).toContain(type);
});

test("unblended = amortised + upfront purchases + true-up, to the last digit", () => {
  const sum = (of: (row: string[]) => bigint): bigint => rows.reduce((total, row) => total + of(row), 0n);
  const unblended = sum((row) => units(row, "line_item_unblended_cost"));
  const isUpfront = (row: string[]) => typeOf(row) === "Fee" && cell(row, "reservation_reservation_a_r_n") !== "";
  const amortized = sum((row) => {
    switch (typeOf(row)) {
      case "SavingsPlanCoveredUsage":
        return units(row, "savings_plan_savings_plan_effective_cost");
      case "SavingsPlanNegation":
        return 0n;
      case "SavingsPlanRecurringFee":
        return units(row, "savings_plan_total_commitment_to_date") - units(row, "savings_plan_used_commitment");
      case "DiscountedUsage":
        return units(row, "reservation_effective_cost");
      case "RIFee":
        return (
          units(row, "reservation_unused_amortized_upfront_fee_for_billing_period") +
          units(row, "reservation_unused_recurring_fee")
        );
      default:
        return isUpfront(row) ? 0n : units(row, "line_item_unblended_cost");
    }
  });
  const upfront = sum((row) => (isUpfront(row) ? units(row, "line_item_unblended_cost") : 0n));
  const trueUp = -sum((row) =>
    typeOf(row) === "RIFee" ? units(row, "reservation_amortized_upfront_fee_for_billing_period") : 0n,
  );
  expect(unblended).toBe(amortized + upfront + trueUp);
});

test("only the tenants of the recipe are tagged and used, each on every day", () => {
  const tagged = new Set(
    rows.flatMap((row) => /user_tenant_id"":""([^"]+)/.exec(cell(row, "resource_tags"))?.[1] ?? []),
  );
  expect([...tagged].toSorted()).toEqual(["TEN-A", "TEN-B"]);
  const usage = generateUsage(recipe);
  expect(new Set(usage.map((row) => row.tenant_id))).toEqual(tagged);
  expect(usage.filter((row) => row.tenant_id === "TEN-A" && row.metric_code === "egress_gb")).toHaveLength(28);
});
