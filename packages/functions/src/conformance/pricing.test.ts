import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Outcome } from "./outcome.ts";
import { runPricing } from "./pricing.ts";

const unit = { price: { model: "unit", unit: "0.5" }, quantity: "3" };

const run = async (cases: readonly object[], topic = "unit"): Promise<Outcome> => {
  const folder = await mkdtemp(join(tmpdir(), "cases-"));
  try {
    await writeFile(join(folder, "any-name.json"), JSON.stringify({ topic, rule: null, cases }));
    return await runPricing(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

it("a case passes when every expected number is the product's, and fails naming the one that is not", async () => {
  const outcome = await run([
    { id: "right", inputs: unit, expected: { total: "1.50" } },
    { id: "wrong", inputs: unit, expected: { total: "1.51" } },
  ]);
  expect(outcome).toEqual({ passed: 1, failed: ['wrong: total is "1.5", expected "1.51"'], skipped: [] });
});

it("a case is excluded by its fields or its convention, never by its name", async () => {
  const perItem = {
    inputs: { items_minor: ["100", "100"], percent: "33.33" },
    expected: { allocated_minor: ["33", "33"] },
  };
  const outcome = await run([
    { id: "graduated-054", inputs: unit, expected: { total: "1.5" } },
    { id: "a", inputs: { ...unit, quantity: "-3" }, expected: { total: "-1.5" } },
    { id: "b", ...perItem, convention: "each item rounded on its own" },
    { id: "c", ...perItem },
  ]);
  expect(outcome.passed).toBe(1);
  expect(outcome.skipped).toEqual([
    "a: Negative quantities are refused.",
    "b: A percentage discount is rounded once, on the lines together, and spread by largest remainder.",
  ]);
  expect(outcome.failed).toEqual([expect.stringMatching(/^c: allocated_minor/)]);
});

it("what a reading contradicts is told by the values of its fields, not by their being there", async () => {
  const tiers = [{ up_to: null, unit: "0.5" }];
  const percentage = { model: "percentage", rate_percent: "10", fixed_per_event: "1" };
  const outcome = await run([
    {
      id: "one",
      inputs: { price: { model: "graduated", tiers, billing_units: "1" }, quantity: "3" },
      expected: { total: "1.5" },
    },
    {
      id: "ten",
      inputs: { price: { model: "graduated", tiers, billing_units: "10" }, quantity: "3" },
      expected: { total: "0.5" },
    },
    { id: "paid", inputs: { price: percentage, event_amounts: ["10", "20"] }, expected: { total: "5" } },
    {
      id: "free",
      inputs: { price: { ...percentage, free_events: "1" }, event_amounts: ["10", "20"] },
      expected: { total: "3" },
    },
    {
      id: "raise",
      inputs: { tax_mode: "exclusive", items: [{ quantity: "1", unit: "10" }], discount: { fixed: "-1" } },
      expected: { total: "11" },
    },
    {
      id: "fine",
      inputs: { ...unit, quantity: "1.01" },
      expected: { total: "1" },
      disputed: "needs unrounded line amounts",
    },
  ]);
  expect(outcome.passed).toBe(2);
  expect(outcome.failed).toEqual([]);
  expect(outcome.skipped.map((text) => text.split(":")[0])).toEqual(["ten", "free", "raise", "fine"]);
});

it("a case that no rule reads fails, rather than passing unread", async () => {
  const outcome = await run([{ id: "x", inputs: { mystery: "1" }, expected: {} }], "mystery");
  expect(outcome.failed).toEqual(["x: no rule reads inputs with the fields mystery"]);
});

it("a folder without cases is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cases-"));
  await expect(runPricing(folder)).rejects.toThrow("no .json file in");
  await rm(folder, { recursive: true });
});
