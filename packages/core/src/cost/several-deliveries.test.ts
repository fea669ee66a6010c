import { mkdir, rename, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { codesOf, curWorld, inPeriod } from "../../testing/cur-world.ts";
import { type Cells, cur2Csv, legacyCsv } from "../../testing/cur.ts";
import { place } from "../../testing/database.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import { costCoverage, costFindings, costPartitions, costQuality, costSummary } from "./index.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());
let cur: Awaited<ReturnType<typeof curWorld>>;
beforeEach(async () => {
  cur = await curWorld(world);
});
const engineer = () => callAs(world, actorOf("platform_engineer"));

/** Writes a file below the folder of the test, as old as `at` says. */
const put = async (name: string, text: string, at?: string): Promise<void> => {
  await mkdir(dirname(join(cur.folder, name)), { recursive: true });
  const path = await place(cur.folder, name, text);
  if (at !== undefined) await utimes(path, new Date(at), new Date(at));
};
const legacyManifest = (assemblyId: string, month: string, keys: readonly string[]): string =>
  JSON.stringify({
    assemblyId,
    reportName: "daily",
    billingPeriod: { start: `${month}01T000000.000Z` },
    reportKeys: keys,
    columns: [],
  });
const euro = (period: string, cells: Cells = {}): Cells =>
  inPeriod(period, { line_item_currency_code: "EUR", ...cells });

test("each currency of a delivery has its own totals and its own identity, and they are replaced together", async () => {
  const both = cur2Csv([
    inPeriod("2024-01"),
    inPeriod("2024-01", { line_item_unblended_cost: "0.25" }),
    euro("2024-01", { line_item_unblended_cost: "7" }),
    inPeriod("2024-01", { line_item_unblended_cost: "0", line_item_currency_code: "" }),
  ]);
  const results = await cur.importText(both, "both.csv");
  expect(
    results.map((one) => `${one.currency} ${one.rows} ${one.total_unblended_cost} ${one.status}`).toSorted(),
  ).toEqual(["EUR 1 7.000000 active", "USD 3 1.750000 active"]);
  expect(codesOf(results)).toEqual(["several_currencies", "several_currencies"]);
  const { identity } = await costQuality.run(engineer(), { period: "2024-01" });
  expect(identity.map((one) => `${one.currency} ${one.unblended} ${one.is_closed}`).toSorted()).toEqual([
    "EUR 7.000000000000 true",
    "USD 1.750000000000 true",
  ]);
  await expect(costSummary.run(engineer(), { period: "2024-01" })).rejects.toThrow(/EUR, USD|USD, EUR/);
  expect(await costSummary.run(engineer(), { period: "2024-01", currency: "EUR" })).toMatchObject({
    total: "7.000000000000",
  });
  expect((await cur.importText(both, "again.csv")).map((one) => one.status)).toEqual(["active", "active"]);

  const [next] = await cur.importText(cur2Csv([inPeriod("2024-01", { line_item_unblended_cost: "2" })]), "next.csv");
  expect(next?.findings.map((one) => one.code)).toContain("currency_missing");
  const { partitions } = await costPartitions.run(engineer(), { period: "2024-01" });
  expect(partitions.map((one) => [one.currency, one.status])).toEqual(
    expect.arrayContaining([
      ["USD", "active"],
      ["USD", "superseded"],
      ["EUR", "superseded"],
    ]),
  );
  const deltas = partitions.flatMap((one) => one.changes.map((change) => change.unblended_delta));
  expect(deltas).toEqual(["0.250000000000"]);
});

test("of several assemblies in a folder the newest counts, each with its own files, and the older stays readable", async () => {
  const base = "daily/20240201-20240301";
  for (const [id, cost, at] of [
    ["aaaa", "3", "2024-03-02T00:00:00Z"],
    ["bbbb", "1", "2024-02-10T00:00:00Z"],
  ] as const) {
    const key = `${base}/${id}/daily-1.csv.gz`;
    await put(`${base}/${id}/daily-1.csv`, cur2Csv([inPeriod("2024-02", { line_item_unblended_cost: cost })]), at);
    await put(`${base}/${id}/daily-Manifest.json`, legacyManifest(id, "202402", [key]), at);
  }
  const results = await cur.importPath(cur.folder);
  expect(results).toMatchObject([{ period: "2024-02", status: "active", total_unblended_cost: "3.000000" }]);
  expect(codesOf(results)).toEqual(["older_delivery"]);
  const { findings } = await costFindings.run(engineer(), { period: "2024-02", state: "all" });
  expect(findings.map((one) => [one.code, one.delivery_id])).toEqual([["older_delivery", results[0]?.delivery_id]]);
  const { partitions } = await costPartitions.run(engineer(), { period: "2024-02" });
  expect(partitions.map((one) => `${one.source_delivery_id} ${one.status} ${one.unblended_cost}`).toSorted()).toEqual([
    "aaaa active 3.000000000000",
    "bbbb superseded 1.000000000000",
  ]);
  expect(await cur.importPath(cur.folder)).toMatchObject([{ total_unblended_cost: "3.000000" }]);
});

test("the manifest above the assemblies names the newest, whatever the times of the files", async () => {
  const base = "20240301-20240401";
  for (const [id, cost, at] of [
    ["first", "3", "2024-04-02T00:00:00Z"],
    ["second", "1", "2024-03-10T00:00:00Z"],
  ] as const) {
    const manifest = legacyManifest(id, "202403", [`x/daily/${base}/${id}/daily-1.csv.gz`]);
    await put(`${base}/${id}/daily-1.csv`, cur2Csv([inPeriod("2024-03", { line_item_unblended_cost: cost })]), at);
    await put(`${base}/${id}/daily-Manifest.json`, manifest, at);
    if (id === "second") await put(`${base}/daily-Manifest.json`, manifest, at);
  }
  expect(await cur.importPath(cur.folder)).toMatchObject([{ status: "active", total_unblended_cost: "1.000000" }]);
});

test("copied deliveries whose times say nothing are told apart by what they hold: final comes after not final", async () => {
  const open = { bill_invoice_id: "" };
  const at = "2024-06-01T00:00:00Z";
  await put("a-closed/report.csv", cur2Csv([euro("2024-04", { line_item_unblended_cost: "2" })]), at);
  await put("b-open/report.csv", cur2Csv([euro("2024-04", open), euro("2024-04", open)]), at);
  const results = await cur.importPath(cur.folder);
  expect(results).toMatchObject([
    { period: "2024-04", currency: "EUR", is_final: true, rows: 1, total_unblended_cost: "2.000000" },
  ]);
  expect(codesOf(results)).toContain("older_delivery");
});

test("parts of one delivery are its numbered files; files by other names are other deliveries", async () => {
  const line = (id: string) => cur2Csv([inPeriod("2024-05", { identity_line_item_id: id })]);
  await put("cur/export-00001.csv", line("1"));
  await put("cur/export-00002.csv", line("2"));
  expect(await cur.importPath(cur.folder)).toMatchObject([{ files: 2, rows: 2, total_unblended_cost: "3.000000" }]);
  await put("cur/other.csv", cur2Csv([inPeriod("2024-05"), inPeriod("2024-05"), inPeriod("2024-05")]));
  const results = await cur.importPath(cur.folder);
  expect(results.map((one) => [one.status, one.rows])).toEqual([["active", 3]]);
});

test("a final and a not final report in snake-case and another currency, beside each other: the final one counts, whatever their names", async () => {
  const snake = (lines: readonly Cells[]): string => {
    const [header = "", ...rows] = legacyCsv(lines).split("\n");
    const names = header.split(",").map((name) =>
      name
        .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
        .replaceAll(/[^A-Za-z0-9]+/g, "_")
        .toLowerCase(),
    );
    return [names.join(","), ...rows].join("\n");
  };
  const line = (invoice: string, cost: string): Cells => ({
    "bill/InvoiceId": invoice,
    "bill/BillingPeriodStartDate": "2024-11-01T00:00:00Z",
    "lineItem/UsageStartDate": "2024-11-03 00:00:00",
    "lineItem/CurrencyCode": "BRL",
    "lineItem/UnblendedCost": cost,
  });
  await put("pair/zz-preliminary.csv", snake([line("", "7"), line("", "8")]), "2024-12-01T00:00:00Z");
  await put("pair/aa-closed.csv", snake([line("2024110001", "9")]), "2024-12-01T00:00:00Z");
  const results = await cur.importPath(cur.folder);
  expect(results).toMatchObject([
    {
      format: "cur-legacy",
      currency: "BRL",
      is_final: true,
      rows: 1,
      status: "active",
      total_unblended_cost: "9.000000",
    },
  ]);
  expect(codesOf(results)).toContain("older_delivery");
});

test("a manifest that disagrees with its file about the columns and the month is said, and the month is not billed on it", async () => {
  await put("m/daily-1.csv", cur2Csv([inPeriod("2024-12")]));
  const columns = [
    { category: "lineItem", name: "UnblendedCost" },
    { category: "lineItem", name: "Imaginary" },
  ];
  const manifest = { ...JSON.parse(legacyManifest("odd", "202501", ["x/m/daily-1.csv"])), columns };
  await put("m/daily-Manifest.json", JSON.stringify(manifest));
  const [result] = await cur.importPath(cur.folder);
  expect(result).toMatchObject({ period: "2024-12", status: "quarantined" });
  expect(codesOf(result ? [result] : [])).toEqual(expect.arrayContaining(["header_differs", "wrong_period"]));
  expect(await activeRows("2024-12")).toEqual([]);
});

/** Lines of some days of a month. */
const days = (period: string, ...of: readonly string[]): string =>
  cur2Csv(
    of.map((day) =>
      inPeriod(period, {
        identity_line_item_id: `line-${day}`,
        line_item_usage_start_date: `${period}-${day}T00:00:00.000Z`,
      }),
    ),
  );
const activeRows = async (period: string): Promise<number[]> =>
  (await costPartitions.run(engineer(), { period })).partitions
    .filter((one) => one.status === "active")
    .map((one) => one.rows);

test("a month that was split by hand under names of all kinds is refused by the names of its files, until they are named as parts", async () => {
  await put("split/first half.csv", days("2024-09", "01", "02", "03"));
  await put("split/second half.csv", days("2024-09", "16", "17"));
  const results = await cur.importPath(cur.folder);
  expect(results.map((one) => one.status)).toEqual(["quarantined", "quarantined"]);
  const found = results.flatMap((one) => one.findings.filter((item) => item.code === "other_lines"));
  expect(found.map((item) => item.severity)).toEqual(["quarantine", "quarantine"]);
  for (const { message } of found) expect(message).toMatch(/first half\.csv.*second half|second half\.csv.*first half/);
  expect(await activeRows("2024-09")).toEqual([]);
  await rename(join(cur.folder, "split/first half.csv"), join(cur.folder, "split/part-1.csv"));
  await rename(join(cur.folder, "split/second half.csv"), join(cur.folder, "split/part-2.csv"));
  expect(await cur.importPath(cur.folder)).toMatchObject([{ status: "active", files: 2, rows: 5 }]);
});

test("a part that is imported alone takes the place of no other part: what counts goes on to count", async () => {
  expect((await cur.importText(days("2024-10", "01", "02"), "early.csv"))[0]).toMatchObject({ status: "active" });
  const [late] = await cur.importText(days("2024-10", "20", "21", "22"), "late.csv");
  expect(late).toMatchObject({ status: "quarantined" });
  expect(codesOf(late ? [late] : [])).toContain("other_lines");
  expect(await activeRows("2024-10")).toEqual([2]);
  const [whole] = await cur.importText(days("2024-10", "01", "02", "20", "21", "22"), "whole.csv");
  expect(whole).toMatchObject({ status: "active", rows: 5 });
});

test("an execution that refreshed two months has a delivery for each, under the same execution id", async () => {
  for (const month of ["2024-06", "2024-07"]) {
    await put(`data/BILLING_PERIOD=${month}/export-00001.csv`, cur2Csv([inPeriod(month)]));
    const key = `s3://bucket/x/data/BILLING_PERIOD=${month}/export-00001.csv.gz`;
    await put(
      `metadata/BILLING_PERIOD=${month}/export-Manifest.json`,
      JSON.stringify({ executionId: "one", exportArn: "arn:x", dataFiles: [key], columns: [] }),
    );
  }
  expect((await cur.importPath(cur.folder)).map((one) => [one.period, one.status, one.rows])).toEqual([
    ["2024-06", "active", 1],
    ["2024-07", "active", 1],
  ]);
});

test("coverage counts cost and lines with a tenant, whole and by service, against the policy", async () => {
  const bare = { resource_tags: "{}" };
  await cur.importText(
    cur2Csv([
      inPeriod("2024-08", { line_item_unblended_cost: "3" }),
      inPeriod("2024-08", { ...bare, line_item_product_code: "AmazonS3", line_item_unblended_cost: "1" }),
      inPeriod("2024-08", { ...bare, line_item_product_code: "AmazonS3", line_item_unblended_cost: "0" }),
    ]),
  );
  const coverage = await costCoverage.run(engineer(), { period: "2024-08" });
  expect(coverage).toMatchObject({
    target_percent: "99.5",
    currencies: [
      {
        currency: "USD",
        usage_cost: "4.000000000000",
        usage_rows: 3,
        is_enough: false,
        tenant: { cost: "3.000000000000", percent: "75.00", rows: 1, rows_percent: "33.33" },
      },
    ],
    groups: [
      { key: "AmazonS3", tenant: { percent: "0.00", rows: 0 } },
      { key: "AmazonEC2", tenant: { percent: "100.00", rows: 1 } },
    ],
  });
  await expect(costCoverage.run(engineer(), { period: "2031-01" })).rejects.toMatchObject({ kind: "missing" });
});
