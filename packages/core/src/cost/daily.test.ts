import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cells, cur2Csv } from "../../testing/cur.ts";
import { place } from "../../testing/database.ts";
import { openFiles } from "../adapters/embedded/files.ts";
import { openLake } from "../adapters/embedded/lake.ts";
import { exact, SCALE, scaled, sumExact, toFixed } from "../money/index.ts";
import type { Files, Lake } from "../ports/index.ts";
import { type DailyGroup, dailySummary } from "./daily.ts";
import { deriveDaily } from "./daily.store.ts";
import { checkIdentity } from "./identity.ts";
import { prepareSource } from "./prepare.store.ts";
import { storeRawFile } from "./raw.store.ts";
import { openSource } from "./source.store.ts";

let folder: string;
let ports: { files: Files; lake: Lake };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-cost-"));
  ports = { files: await openFiles(folder), lake: await openLake(join(folder, "lake")) };
});
afterAll(async () => {
  await ports.lake.close();
  await rm(folder, { recursive: true, force: true });
});

let files = 0;
const groupsOf = async (lines: readonly Cells[]): Promise<DailyGroup[]> => {
  const path = await place(folder, `${(files += 1)}.csv`, cur2Csv(lines));
  const [source] = await openSource(path);
  if (!source) throw new Error("no source");
  const stored = await Promise.all(source.files.map((file) => storeRawFile(ports.files, file)));
  const prepared = await prepareSource(ports, source, stored, { known: new Map() });
  const groups: DailyGroup[] = [];
  for await (const batch of deriveDaily(ports, prepared.periods[0]?.columnar ?? [])) groups.push(...batch);
  return groups;
};

const summaryOf = (groups: readonly DailyGroup[]) => {
  const summary = dailySummary();
  for (const group of groups) summary.add(group);
  return summary.done();
};

/** Costs with up to 15 decimals, as some reports carry them, plain or with an exponent. */
const cost = fc
  .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 15 }), fc.boolean())
  .map(([digits, decimals, isScientific]) =>
    isScientific ? `${digits}E-${decimals}` : toFixed({ n: digits, d: 10n ** BigInt(decimals) }, decimals),
  );
const line = fc.record({
  line_item_unblended_cost: cost,
  line_item_usage_start_date: fc
    .integer({ min: 1, max: 30 })
    .map((day) => `2026-06-${String(day).padStart(2, "0")}T05:00:00.000Z`),
  line_item_product_code: fc.constantFrom("AmazonEC2", "AmazonS3"),
  line_item_line_item_type: fc.constantFrom("Usage", "Tax", "Credit", "Novelty"),
  resource_tags: fc.constantFrom("{}", '{"user_tenant_id":"TEN-1"}', '{"user_tenant_id":""}'),
});

test("an exponent below the twelfth decimal rounds like the same number written out", async () => {
  const texts = [
    "5E-14",
    "-5E-14",
    "9e-14",
    "49E-14",
    "5E-13",
    "-5E-13",
    "4.9999999999999999E-13",
    "123E-14",
    "1.5E3",
    "12E12",
  ];
  for (const text of texts) {
    const groups = await groupsOf([{ line_item_unblended_cost: text }]);
    expect(summaryOf(groups).totals.unblendedCost, text).toBe(toFixed(exact(text), SCALE));
  }
});

test("the daily groups add up to the file's lines exactly, each line rounded to 12 decimals half away from zero", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 40 }), async (lines) => {
      const groups = await groupsOf(lines);
      const rounded = lines.map((cells) => toFixed(exact(cells.line_item_unblended_cost), SCALE));
      const total = toFixed(sumExact(rounded.map(exact)), SCALE);
      expect(summaryOf(groups).totals).toMatchObject({ unblendedCost: total, amortizedCost: total });
      expect(groups.reduce((sum, group) => sum + group.row_count, 0)).toBe(lines.length);
      const services = new Set(lines.map((cells) => cells.line_item_product_code));
      for (const service of services) {
        const own = rounded.filter((_, index) => lines[index]?.line_item_product_code === service);
        const found = groups.filter((group) => group.service === service).map((group) => exact(group.unblended_cost));
        expect(scaled(sumExact(found), SCALE)).toBe(scaled(sumExact(own.map(exact)), SCALE));
      }
    }),
    { numRuns: 15 },
  );
});

test("the order of the lines changes neither groups nor their numbers, so that the digest is of the cost and not of the file", async () => {
  const lines: Cells[] = [
    {},
    { resource_tags: "{}" },
    { line_item_product_code: "AmazonS3" },
    { line_item_unblended_cost: "7" },
  ];
  const groups = await groupsOf(lines);
  expect(await groupsOf(lines.toReversed())).toEqual(groups);
  expect(groups.map((group) => group.group_no)).toEqual([1, 2, 3]);
});

test("lines that restate others are in no group", async () => {
  const groups = await groupsOf([{}, { split_line_item_parent_resource_id: "i-1", line_item_unblended_cost: "5" }]);
  expect(groups).toMatchObject([{ unblended_cost: "1.500000000000", row_count: 1 }]);
});

const TOTALS = {
  payer: "111111111111",
  rows: 10,
  unblendedCost: "130.000000000000",
  amortizedCost: "40.000000000000",
  netUnblendedCost: "0.000000000000",
  netAmortizedCost: "0.000000000000",
  upfrontPurchase: "100.000000000000",
  amortizedUpfront: "10.000000000000",
};

test("the identity holds when cash is amortised cost plus purchases less the amortised upfront commitment", () => {
  expect(checkIdentity(TOTALS)).toMatchObject({
    difference: "0.000000000000",
    trueUp: "-10.000000000000",
    isClosed: true,
  });
});

test("the identity forgives AWS's rounding of 1e-10 a line, and nothing more, on either side", () => {
  const closed = (amortizedCost: string) => checkIdentity({ ...TOTALS, amortizedCost }).isClosed;
  expect([closed("40.000000001000"), closed("39.999999999000")]).toEqual([true, true]);
  expect([closed("40.000000001001"), closed("39.999999998999")]).toEqual([false, false]);
});
