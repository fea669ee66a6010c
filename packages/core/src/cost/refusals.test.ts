import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { codesOf, curWorld, inPeriod } from "../../testing/cur-world.ts";
import { type Cells, cur2Csv, legacyCsv } from "../../testing/cur.ts";
import { place } from "../../testing/database.ts";
import { type TestWorld, testWorld } from "../../testing/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());

let cur: Awaited<ReturnType<typeof curWorld>>;
beforeEach(async () => {
  cur = await curWorld(world);
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
    /bad\.csv, row 2: has 32 fields, where the header has 31/,
  ],
  [
    "a file whose rows end in two ways",
    cur2Csv([inPeriod("2024-09"), inPeriod("2024-09")]).replace(/\n$/, "\r\n"),
    /bad\.csv: row 3 ends in another way/,
  ],
  ["a period of no bill", cur2Csv([inPeriod("9999-12")]), /bad\.csv: row 2: the billing period begins in 9999-12/],
  ["a file without line feeds", LARGE.replaceAll("\n", "\r"), /bad\.csv: row 1 .* carriage return alone/],
  [
    "bytes that are no UTF-8",
    Buffer.from(cur2Csv([inPeriod("2024-09", { line_item_resource_id: "caf\u00e9" })]), "latin1"),
    /bad\.csv, row 2: holds bytes that are no UTF-8/,
  ],
  ["a row that never ends", gzipSync(`${cur2Csv([])}${"x".repeat(6 << 20)}`), /bad\.csv: row 2 is longer than 4 MB/],
  [
    "a Parquet file that breaks off",
    Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(200)]),
    /bad\.csv: is no whole Parquet file/,
  ],
  ["an empty file", "", /bad\.csv: the file is empty/],
])("%s cannot be read and is refused with the file named", async (_what, content, message) => {
  const refusal = await cur.importText(content, "bad.csv").catch((error: unknown) => error);
  expect(refusal).toMatchObject({ kind: "invalid", message: expect.stringMatching(message) });
  expect(await cur.dailyOf("2024-09")).toEqual([]);
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
  ["no_currency", "currency", [{}, { line_item_currency_code: "" }], { row: 3 }],
  [
    "no_currency",
    "code",
    [{ line_item_currency_code: "usd" }],
    { row: 2, message: expect.stringContaining('names "usd", which is no currency of ISO 4217') },
  ],
  [
    "unparsable_amount",
    "huge amount",
    [{}, { line_item_usage_amount: "9e25" }, { line_item_usage_amount: "9e25" }],
    { row: 3, column: "line_item_usage_amount" },
  ],
])("%s keeps the delivery out of the cost and names file, row and column (%s)", async (code, _what, lines, place) => {
  const [before] = await cur.importText(cur2Csv([inPeriod("2024-10")]), "good.csv");
  const results = await cur.importText(cur2Csv(lines.map((line) => inPeriod("2024-10", line))), "odd.csv");
  expect(results).toMatchObject([{ period: "2024-10", status: "quarantined", is_final: false }]);
  expect(results[0]?.findings).toContainEqual(
    expect.objectContaining({ code, severity: "quarantine", file: "odd.csv", ...place }),
  );
  expect((await cur.dailyOf("2024-10")).map((row) => row.deliveryId)).toEqual([before?.delivery_id]);
});

test("a text that is cut off in its last row is quarantined; a last row without a line end is whole", async () => {
  const text = cur2Csv([inPeriod("2024-11"), inPeriod("2024-11")]);
  expect(codesOf(await cur.importText(text.slice(0, -110), "cut.csv"))).toContain("truncated_file");
  expect(await cur.importText(text.trimEnd(), "whole.csv")).toMatchObject([{ status: "active", findings: [] }]);
});

test("a header without rows is a finding of its own, and replaces nothing", async () => {
  expect(await cur.importText(cur2Csv([]))).toMatchObject([
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
  const path = join(cur.folder, "BILLING_PERIOD=2025-01");
  await mkdir(path);
  await place(path, "x.csv", cur2Csv([inPeriod("2025-01"), inPeriod("2025-02")]));
  const results = await cur.importPath(cur.folder);
  expect(results.map((result) => result.status)).toEqual(["quarantined", "quarantined"]);
  expect(results[0]?.findings).toContainEqual(expect.objectContaining({ code: "wrong_period", row: 3 }));
  const asked = await cur.importPath(await place(cur.folder, "y.csv", cur2Csv([inPeriod("2025-03")])), {
    period: "2025-04",
  });
  expect(codesOf(asked)).toEqual(["wrong_period"]);
  expect([
    ...(await cur.dailyOf("2025-01")),
    ...(await cur.dailyOf("2025-02")),
    ...(await cur.dailyOf("2025-03")),
  ]).toEqual([]);
});

test.each(["20260501-20260601", "year=2026/month=5"])(
  "rows of another month than the folder %s of a legacy layout names are not let in",
  async (layout) => {
    const path = join(cur.folder, layout);
    await mkdir(path, { recursive: true });
    const cost = `${layout.length}`;
    const file = await place(path, "x.csv", cur2Csv([inPeriod("2026-04", { line_item_unblended_cost: cost })]));
    const message = expect.stringContaining("is for 2026-05, but the lines are of 2026-04");
    for (const where of [file, cur.folder])
      expect(await cur.importPath(where)).toMatchObject([
        { status: "quarantined", findings: [{ code: "wrong_period", message }] },
      ]);
  },
);

test("what is asked of a delivery is asked of the same bytes again, and changes nothing of what counts", async () => {
  const path = await place(cur.folder, "z.csv", cur2Csv([inPeriod("2026-03")]));
  await cur.importPath(path);
  const [again] = await cur.importPath(path, { period: "2026-04" });
  expect(again).toMatchObject({ period: "2026-03", status: "active" });
  expect(again?.findings.map((one) => `${one.severity} ${one.code}`)).toEqual([
    "warning duplicate_delivery",
    "quarantine wrong_period",
  ]);
  await expect(cur.importPath(path, { format: "focus" })).rejects.toThrow(/z\.csv is cur2, not focus/);
});

test("a delivery that its manifest says is larger is not let in, and the missing file is named", async () => {
  await place(cur.folder, "x-1.csv", cur2Csv([inPeriod("2025-05")]));
  await place(
    cur.folder,
    "x-Manifest.json",
    JSON.stringify({ executionId: "e1", dataFiles: ["s3://b/x-1.csv.gz", "s3://b/x-2.csv.gz"], columns: [] }),
  );
  const results = await cur.importPath(join(cur.folder, "x-Manifest.json"));
  expect(results).toMatchObject([
    { status: "quarantined", findings: [{ code: "missing_file", message: expect.stringContaining("x-2.csv.gz") }] },
  ]);
  await place(cur.folder, "x-2.csv", cur2Csv([inPeriod("2025-05", { identity_line_item_id: "other" })]));
  expect(await cur.importPath(cur.folder)).toMatchObject([{ status: "active", files: 2, rows: 2, findings: [] }]);
});

test("where header and manifest differ is a warning; the header counts", async () => {
  await place(cur.folder, "x-1.csv", cur2Csv([inPeriod("2025-06")]));
  const columns = [{ name: "line_item_unblended_cost" }, { name: "line_item_imaginary" }];
  await place(cur.folder, "x-Manifest.json", JSON.stringify({ executionId: "e2", dataFiles: ["x-1.csv"], columns }));
  const [result] = await cur.importPath(cur.folder);
  expect(result?.status).toBe("active");
  expect(result?.findings).toContainEqual(
    expect.objectContaining({ code: "header_differs", message: expect.stringContaining("line_item_imaginary") }),
  );
});

test("a manifest of another kind of report keeps the file out", async () => {
  await place(cur.folder, "x-1.csv", cur2Csv([inPeriod("2025-09")]));
  const columns = [{ name: "BilledCost" }, { name: "ServiceName" }];
  const manifest = JSON.stringify({ executionId: "e3", dataFiles: ["x-1.csv"], columns });
  await place(cur.folder, "x-Manifest.json", manifest);
  expect(await cur.importPath(cur.folder)).toMatchObject([
    { status: "quarantined", findings: [{ code: "foreign_manifest", file: "x-1.csv", row: 1 }] },
  ]);
});

test("a manifest that is cut off keeps the files beside it out, as it may have listed more", async () => {
  const manifest = JSON.stringify({ executionId: "e4", dataFiles: ["x-1.csv", "x-2.csv"], columns: [] });
  await place(cur.folder, "x-1.csv", cur2Csv([inPeriod("2026-02")]));
  const path = await place(cur.folder, "x-Manifest.json", manifest.slice(0, 40));
  expect(await cur.importPath(cur.folder)).toMatchObject([
    { status: "quarantined", findings: [{ code: "broken_manifest", file: "x-Manifest.json" }] },
  ]);
  await expect(cur.importPath(path)).rejects.toThrow(/no manifest .* or is cut off/);
  await place(cur.folder, "x-Manifest.json", `\ufeff${manifest.replace(',"x-2.csv"', "")}`);
  expect(await cur.importPath(path)).toMatchObject([{ status: "active", rows: 1, findings: [] }]);
});

test("a copy of a part that lies beside it counts no line twice, and is named", async () => {
  const [one, two] = [inPeriod("2025-10"), inPeriod("2025-10", { line_item_resource_id: "i-2" })].map((line) =>
    cur2Csv([line]),
  );
  await place(cur.folder, "x-1.csv", one ?? "");
  await place(cur.folder, "x-2.csv", one ?? "");
  await place(cur.folder, "x-3.csv", two ?? "");
  const results = await cur.importPath(cur.folder);
  expect(results).toMatchObject([{ status: "active", files: 2, rows: 2, total_unblended_cost: "3.000000" }]);
  expect(results[0]?.findings).toContainEqual(
    expect.objectContaining({ code: "repeated_file", file: "x-2.csv", message: expect.stringContaining("x-1.csv") }),
  );
});

const stagedGroups = async (): Promise<number> => {
  const [found] = await world.database.transaction("operator", (tx) =>
    world.database.rows<{ orphans: number }>(
      tx,
      sql`select count(*)::int as orphans from cost_daily d where not exists (select 1 from cur_delivery c where c.delivery_id = d.delivery_id)`,
    ),
  );
  return found?.orphans ?? -1;
};

test("where one of several files cannot be read, nothing of the others is imported or left behind", async () => {
  await mkdir(join(cur.folder, "a"));
  await place(join(cur.folder, "a"), "whole.csv", cur2Csv([inPeriod("2025-11")]));
  await place(cur.folder, "z.csv", "a,b\n1,2\n");
  await expect(cur.importPath(cur.folder)).rejects.toThrow(/z\.csv: this is no Cost and Usage Report/);
  expect([await stagedGroups(), await cur.dailyOf("2025-11")]).toEqual([0, []]);
});

test("an import that fails while it is staged leaves no group behind, and takes none from what counts", async () => {
  const text = (cost: string): string =>
    legacyCsv(
      ["2025-12", "2026-01"].map((period) => ({
        "bill/BillingPeriodStartDate": `${period}-01T00:00:00Z`,
        "lineItem/UnblendedCost": cost,
      })),
    );
  await cur.importText(text("1"), "first.csv");
  const before = await cur.dailyOf("2025-12");
  let queries = 0;
  const broken = await curWorld({
    ...world,
    lake: {
      ...world.lake,
      // The second period is being derived when the engine breaks.
      stream: (query, options) => {
        queries += 1;
        if (queries > 1) throw new Error("the engine broke");
        return world.lake.stream(query, options);
      },
    },
  });
  await expect(broken.importText(text("2"), "second.csv")).rejects.toThrow("the engine broke");
  expect([await stagedGroups(), await cur.dailyOf("2025-12")]).toEqual([0, before]);
  expect((await cur.importText(text("2"), "second.csv")).map((result) => result.status)).toEqual(["active", "active"]);
});

test("a manifest reaches no file outside the folders of its report, whatever its keys say", async () => {
  const report = join(cur.folder, "report");
  await mkdir(report);
  await place(cur.folder, "outside.csv", cur2Csv([inPeriod("2025-02")]));
  for (const [number, key] of ["../outside.csv", "x/../../outside.csv", "s3://bucket//../outside.csv"].entries()) {
    const manifest = { executionId: `out-${number}`, dataFiles: [key] };
    const path = await place(report, "x-Manifest.json", JSON.stringify(manifest));
    expect(await cur.importPath(path)).toEqual([
      expect.objectContaining({
        status: "empty",
        findings: expect.arrayContaining([expect.objectContaining({ code: "missing_file" })]),
      }),
    ]);
  }
});

test("what is neither file nor folder is not read: a device or a pipe would never end", async () => {
  await expect(cur.importPath("/dev/zero")).rejects.toThrow(/neither a file nor a folder/);
});
