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

it("a case that no rule reads fails, rather than passing unread", async () => {
  const outcome = await run([{ id: "x", inputs: { mystery: "1" }, expected: {} }], "mystery");
  expect(outcome.failed).toEqual(["x: no rule reads inputs with the fields mystery"]);
});

it("a folder without cases is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cases-"));
  await expect(runPricing(folder)).rejects.toThrow("no .json file in");
  await rm(folder, { recursive: true });
});
