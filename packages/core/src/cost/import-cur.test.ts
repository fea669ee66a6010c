import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync, gzipSync, crc32 } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Cells, cur2Csv, focusCsv, legacyCsv } from "../../testing/cur.ts";
import { place } from "../../testing/database.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import { month } from "../time/index.ts";
import { importCur, readDailyCost } from "./index.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());

let folder: string;
let folders = 0;
beforeEach(async () => {
  folder = join(world.folder, `case-${(folders += 1)}`);
  await mkdir(folder);
});

const engineer = () => callAs(world, actorOf("platform_engineer"));
const importPath = (path: string, more: { period?: string } = {}) => importCur.run(engineer(), { path, ...more });
const importText = async (text: string | Uint8Array, name = "june.csv") => importPath(await place(folder, name, text));
const dailyOf = (period: string) =>
  world.database.transaction("operator", (tx) => readDailyCost(tx, { period: month(period) }));

/** Lines of a period that no other test uses. */
const inPeriod = (period: string, cells: Cells = {}): Cells => ({
  bill_billing_period_start_date: `${period}-01T00:00:00.000Z`,
  line_item_usage_start_date: `${period}-03T00:00:00.000Z`,
  ...cells,
});
const codes = (results: Awaited<ReturnType<typeof importPath>>) =>
  results.flatMap((result) => result.findings.map((item) => item.code));

test("a delivery becomes the daily cost of its period, with its tags as they came", async () => {
  const [result] = await importText(
    cur2Csv([
      inPeriod("2024-01"),
      inPeriod("2024-01", { line_item_unblended_cost: "0.25" }),
      inPeriod("2024-01", { resource_tags: "{}" }),
    ]),
  );
  expect(result).toMatchObject({
    period: "2024-01",
    currency: "USD",
    format: "cur2",
    status: "active",
    is_final: true,
    files: 1,
    rows: 3,
    total_unblended_cost: "3.250000",
    total_unblended_cost_exact: "3.250000000000",
    findings: [],
  });
  expect(await dailyOf("2024-01")).toMatchObject([
    { groupNo: 1, tenantTag: null, tagState: "absent", unblendedCost: "1.500000000000", rowCount: 1 },
    {
      groupNo: 2,
      tenantTag: "TEN-1",
      tagState: "present",
      planTag: "team",
      component: "query",
      unblendedCost: "1.750000000000",
      rowCount: 2,
    },
  ]);
});

test("the same bytes again change nothing, under any name, and say so", async () => {
  const text = cur2Csv([inPeriod("2024-02")]);
  const [first] = await importText(text);
  const [again] = await importText(text, "copy.csv");
  expect(again).toEqual({
    ...first,
    findings: [expect.objectContaining({ code: "duplicate_delivery", severity: "warning" })],
  });
  expect(await dailyOf("2024-02")).toHaveLength(1);
});

test("a new delivery replaces its whole period, and an old one that comes again does not come back", async () => {
  const old = cur2Csv([inPeriod("2024-03"), inPeriod("2024-03", { line_item_product_code: "AmazonS3" })]);
  const [first] = await importText(old, "old.csv");
  const [second] = await importText(
    cur2Csv([
      inPeriod("2024-03", { line_item_unblended_cost: "9" }),
      inPeriod("2024-03", { line_item_product_code: "AmazonRDS" }),
    ]),
    "new.csv",
  );
  expect((await dailyOf("2024-03")).map((row) => [row.deliveryId, row.service, row.unblendedCost])).toEqual([
    [second?.delivery_id, "AmazonEC2", "9.000000000000"],
    [second?.delivery_id, "AmazonRDS", "1.500000000000"],
  ]);
  const [late] = await importText(old, "late.csv");
  expect(late).toMatchObject({ delivery_id: first?.delivery_id, status: "superseded" });
  expect(late?.findings.at(-1)?.message).toContain(`superseded by ${second?.delivery_id}`);
  expect(await dailyOf("2024-03")).toHaveLength(2);
});

test("deliveries of two payer organisations stand side by side in a period", async () => {
  await importText(cur2Csv([inPeriod("2024-04")]), "a.csv");
  const results = await importText(cur2Csv([inPeriod("2024-04", { bill_payer_account_id: "222222222222" })]), "b.csv");
  expect(codes(results)).toEqual(["another_payer"]);
  expect((await dailyOf("2024-04")).map((row) => row.payer).toSorted()).toEqual(["111111111111", "222222222222"]);
});

test("a file with several billing periods makes a delivery of each", async () => {
  const results = await importText(
    legacyCsv([
      { "bill/BillingPeriodStartDate": "2024-05-01T00:00:00Z" },
      { "bill/BillingPeriodStartDate": "2024-06-01T00:00:00Z" },
      { "bill/BillingPeriodStartDate": "2024-05-01T00:00:00Z" },
    ]),
  );
  expect(results.map((result) => [result.period, result.rows, result.total_unblended_cost])).toEqual([
    ["2024-05", 2, "4.500000"],
    ["2024-06", 1, "2.250000"],
  ]);
  expect(codes(results)).toContain("several_periods");
});

test("gzip and zip are unpacked, whatever the file is called", async () => {
  const zipped = (text: string): Uint8Array => {
    const [data, name] = [deflateRawSync(text), Buffer.from("june.csv")];
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(crc32(text), 16);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(Buffer.byteLength(text), 24);
    entry.writeUInt16LE(name.length, 28);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(46 + name.length, 12);
    end.writeUInt32LE(30 + name.length + data.length, 16);
    return Buffer.concat([head, name, data, entry, name, end]);
  };
  const text = (period: string): string => cur2Csv([inPeriod(period)]);
  expect(await importText(gzipSync(text("2024-07")), "june.csv")).toMatchObject([
    { period: "2024-07", status: "active" },
  ]);
  const zip = zipped(text("2024-08"));
  expect(await importText(zip, "june.zip")).toMatchObject([{ period: "2024-08", status: "active" }]);
  await expect(importText(zip.subarray(0, -30), "cut.zip")).rejects.toThrow(/cut\.zip.*cut off/);
  const bent = Uint8Array.from(zip);
  bent[45] = (bent[45] ?? 0) ^ 0xff;
  await expect(importText(bent, "bent.zip")).rejects.toThrow(/bent\.zip.*(damaged|unpacked)/);
});

const LARGE = cur2Csv(
  Array.from({ length: 3000 }, (_, index) => inPeriod("2024-09", { line_item_resource_id: `i-${index}` })),
);
test.each<[string, string | Uint8Array, RegExp]>([
  ["a truncated gzip stream", gzipSync(LARGE).subarray(0, 4000), /bad\.csv: the gzip stream.*cut off or damaged/],
  ["a gzip stream without its checksum", gzipSync(LARGE).subarray(0, -6), /bad\.csv: the gzip stream/],
  [
    "a quote that is never closed",
    `${cur2Csv([inPeriod("2024-09")])}"line-2,`,
    /bad\.csv: a quoted field is never closed/,
  ],
  [
    "a file that is no cost report",
    "usage_date,tenant_id\n2026-06-01,TEN-1\n",
    /bad\.csv: this is no Cost and Usage Report/,
  ],
  [
    "a header without its cost",
    legacyCsv([{}]).replace("lineItem/UnblendedCost", "x"),
    /bad\.csv.*line_item_unblended_cost/,
  ],
  [
    "a row with more fields than the header",
    `${cur2Csv([inPeriod("2024-09")]).trimEnd()},surplus\n`,
    /bad\.csv, row 2: Expected Number of Columns/,
  ],
  ["a Parquet file that breaks off", Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(200)]), /bad\.csv/],
  ["an empty file", "", /bad\.csv: the file is empty/],
])("%s cannot be read and is refused with the file named", async (_what, content, message) => {
  const refusal = await importText(content, "bad.csv").catch((error: unknown) => error);
  expect(refusal).toMatchObject({ kind: "invalid", message: expect.stringMatching(message) });
  expect(await dailyOf("2024-09")).toEqual([]);
});

test.each<[string, string, Cells[], object]>([
  [
    "unparsable_amount",
    "cost",
    [{}, { line_item_unblended_cost: "1,5x" }],
    { row: 3, column: "line_item_unblended_cost", message: expect.stringContaining('"1,5x"') },
  ],
  [
    "unparsable_date",
    "date",
    [{ line_item_usage_start_date: "June 3rd" }],
    { row: 2, column: "line_item_usage_start_date" },
  ],
  ["mixed_currencies", "currencies", [{}, { line_item_currency_code: "EUR" }], { row: 3 }],
])("%s keeps the delivery out of the cost and names file, row and column (%s)", async (code, _what, lines, place) => {
  const [before] = await importText(cur2Csv([inPeriod("2024-10")]), "good.csv");
  const results = await importText(cur2Csv(lines.map((line) => inPeriod("2024-10", line))), "odd.csv");
  expect(results).toMatchObject([{ period: "2024-10", status: "quarantined", is_final: false }]);
  expect(results[0]?.findings).toContainEqual(
    expect.objectContaining({ code, severity: "quarantine", file: "odd.csv", ...place }),
  );
  expect((await dailyOf("2024-10")).map((row) => row.deliveryId)).toEqual([before?.delivery_id]);
});

test("a text that is cut off in its last row is quarantined; a last row without a line end is whole", async () => {
  const text = cur2Csv([inPeriod("2024-11"), inPeriod("2024-11")]);
  expect(codes(await importText(text.slice(0, -110), "cut.csv"))).toContain("truncated_file");
  expect(await importText(text.trimEnd(), "whole.csv")).toMatchObject([{ status: "active", findings: [] }]);
});

test("a header without rows is a finding of its own, and replaces nothing", async () => {
  expect(await importText(cur2Csv([]))).toMatchObject([
    {
      period: null,
      status: "empty",
      rows: 0,
      total_unblended_cost: "0.000000",
      findings: [{ code: "no_rows", severity: "quarantine" }],
    },
  ]);
});

test("rows of another period than the path or the caller names are not let in", async () => {
  const path = join(folder, "BILLING_PERIOD=2025-01");
  await mkdir(path);
  await place(path, "x.csv", cur2Csv([inPeriod("2025-01"), inPeriod("2025-02")]));
  const results = await importPath(folder);
  expect(results.map((result) => result.status)).toEqual(["quarantined", "quarantined"]);
  expect(results[0]?.findings).toContainEqual(expect.objectContaining({ code: "wrong_period", row: 3 }));
  const asked = await importPath(await place(folder, "y.csv", cur2Csv([inPeriod("2025-03")])), { period: "2025-04" });
  expect(codes(asked)).toEqual(["wrong_period"]);
  expect([...(await dailyOf("2025-01")), ...(await dailyOf("2025-02")), ...(await dailyOf("2025-03"))]).toEqual([]);
});

test("a delivery that its manifest says is larger is not let in, and the missing file is named", async () => {
  await place(folder, "x-1.csv", cur2Csv([inPeriod("2025-05")]));
  await place(
    folder,
    "x-Manifest.json",
    JSON.stringify({ executionId: "e1", dataFiles: ["s3://b/x-1.csv.gz", "s3://b/x-2.csv.gz"], columns: [] }),
  );
  const results = await importPath(join(folder, "x-Manifest.json"));
  expect(results).toMatchObject([
    { status: "quarantined", findings: [{ code: "missing_file", message: expect.stringContaining("x-2.csv.gz") }] },
  ]);
  await place(folder, "x-2.csv", cur2Csv([inPeriod("2025-05", { identity_line_item_id: "other" })]));
  expect(await importPath(folder)).toMatchObject([{ status: "active", files: 2, rows: 2, findings: [] }]);
});

test("where header and manifest differ is a warning; the header counts", async () => {
  await place(folder, "x-1.csv", cur2Csv([inPeriod("2025-06")]));
  const columns = [{ name: "line_item_unblended_cost" }, { name: "line_item_imaginary" }];
  await place(folder, "x-Manifest.json", JSON.stringify({ executionId: "e2", dataFiles: ["x-1.csv"], columns }));
  const [result] = await importPath(folder);
  expect(result?.status).toBe("active");
  expect(result?.findings).toContainEqual(
    expect.objectContaining({ code: "header_differs", message: expect.stringContaining("line_item_imaginary") }),
  );
});

test("lines that cannot be told apart, unknown types, other providers and an open identity are reported, and counted", async () => {
  const twice = { identity_line_item_id: "same" };
  const results = await importText(
    cur2Csv([
      inPeriod("2025-07", twice),
      inPeriod("2025-07", twice),
      inPeriod("2025-07", { line_item_line_item_type: "Novelty" }),
      inPeriod("2025-07", { line_item_line_item_type: "RIFee", reservation_unused_recurring_fee: "1" }),
      inPeriod("2025-07", { split_line_item_parent_resource_id: "i-1" }),
    ]),
  );
  expect(codes(results).toSorted()).toEqual([
    "duplicate_lines",
    "identity_open",
    "split_cost_rows",
    "unknown_line_type",
  ]);
  expect(results).toMatchObject([{ status: "active", rows: 5, total_unblended_cost: "6.000000" }]);
  const focus = await importText(
    focusCsv([{ BillingPeriodStart: "2025-08-01 00:00:00", ProviderName: "Oracle" }]),
    "focus.csv",
  );
  expect(focus).toMatchObject([{ status: "active", is_final: false, findings: [{ code: "other_provider", row: 2 }] }]);
});

test("a delivery is final when every line with a cost has an invoice id, and support is there where the month before had it", async () => {
  const support = { line_item_line_item_type: "Fee", line_item_product_code: "AWSSupportBusiness" };
  const final = async (lines: Cells[], name: string) => (await importText(cur2Csv(lines), name))[0]?.is_final;
  expect(await final([inPeriod("2025-09"), inPeriod("2025-09", support)], "a.csv")).toBe(true);
  expect(await final([inPeriod("2025-10", { bill_invoice_id: "" }), inPeriod("2025-10", support)], "b.csv")).toBe(
    false,
  );
  expect(await final([inPeriod("2025-10")], "c.csv")).toBe(false);
  expect(await final([inPeriod("2025-10"), inPeriod("2025-10", support)], "d.csv")).toBe(true);
});

test("only who may write cost imports, and what is not there is said", async () => {
  await expect(importCur.run(callAs(world, actorOf("finance")), { path: folder })).rejects.toMatchObject({
    kind: "forbidden",
  });
  await expect(importPath(folder)).rejects.toThrow(/holds no cost file/);
  await expect(importPath(join(folder, "nowhere"))).rejects.toThrow(/does not exist/);
});

test("a manifest reaches no file outside the folders of its report, whatever its keys say", async () => {
  const report = join(folder, "report");
  await mkdir(report);
  await place(folder, "outside.csv", cur2Csv([inPeriod("2025-02")]));
  for (const [number, key] of ["../outside.csv", "x/../../outside.csv", "s3://bucket//../outside.csv"].entries()) {
    const manifest = { executionId: `out-${number}`, dataFiles: [key] };
    const path = await place(report, "x-Manifest.json", JSON.stringify(manifest));
    expect(await importPath(path)).toEqual([
      expect.objectContaining({
        status: "empty",
        findings: expect.arrayContaining([expect.objectContaining({ code: "missing_file" })]),
      }),
    ]);
  }
});

test("what is neither file nor folder is not read: a device or a pipe would never end", async () => {
  await expect(importPath("/dev/zero")).rejects.toThrow(/neither a file nor a folder/);
});
