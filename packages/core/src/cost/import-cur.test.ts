import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { codesOf, curWorld, inPeriod } from "../../testing/cur-world.ts";
import { type Cells, cur2Csv, focusCsv, legacyCsv } from "../../testing/cur.ts";
import type { LakeQuery, LakeRow } from "../ports/index.ts";
import { month } from "../time/index.ts";
import { zipOf } from "../../testing/zip.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import { importCur, readPeriodCost } from "./index.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());

let cur: Awaited<ReturnType<typeof curWorld>>;
beforeEach(async () => {
  cur = await curWorld(world);
});

test("a delivery becomes the daily cost of its period, with its tags as they came", async () => {
  const [result] = await cur.importText(
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
  expect(await cur.dailyOf("2024-01")).toMatchObject([
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
  const [first] = await cur.importText(text);
  const [again] = await cur.importText(text, "copy.csv");
  expect(again).toEqual({
    ...first,
    findings: [expect.objectContaining({ code: "duplicate_delivery", severity: "warning" })],
  });
  expect(await cur.dailyOf("2024-02")).toHaveLength(1);
});

test("the same bytes that another import lets in meanwhile keep the cost that an allocation reads", async () => {
  const path = join(cur.folder, "twice.csv");
  await writeFile(path, cur2Csv([inPeriod("2024-09"), inPeriod("2024-09", { line_item_product_code: "AmazonS3" })]));
  let isOvertaken = false;
  const slow: TestWorld = {
    ...world,
    lake: {
      query: async <T extends LakeRow>(text: string, options: LakeQuery): Promise<T[]> => {
        if (!isOvertaken) {
          isOvertaken = true;
          await cur.importPath(path);
        }
        return world.lake.query<T>(text, options);
      },
      stream: (text, options) => world.lake.stream(text, options),
      describe: (file, name) => world.lake.describe(file, name),
      convert: (request) => world.lake.convert(request),
      close: () => world.lake.close(),
    },
  };
  const [result] = await importCur.run(callAs(slow, actorOf("platform_engineer")), { path });
  expect(isOvertaken).toBe(true);
  expect(result).toMatchObject({ status: "active", findings: [{ code: "duplicate_delivery" }] });
  const of = { period: month("2024-09"), currency: "USD", basis: "unblended" } as const;
  const rows = await world.database.transaction("operator", (tx) => readPeriodCost(tx, of));
  expect(rows.map((row) => [row.service, row.cost])).toEqual([
    ["AmazonEC2", "1.500000000000"],
    ["AmazonS3", "1.500000000000"],
  ]);
  expect(await cur.dailyOf("2024-09")).toHaveLength(2);
});

test("a new delivery replaces its whole period, and an old one that comes again does not come back", async () => {
  const old = cur2Csv([inPeriod("2024-03"), inPeriod("2024-03", { line_item_product_code: "AmazonS3" })]);
  const [first] = await cur.importText(old, "old.csv");
  const [second] = await cur.importText(
    cur2Csv([
      inPeriod("2024-03", { line_item_unblended_cost: "9" }),
      inPeriod("2024-03", { line_item_product_code: "AmazonRDS" }),
    ]),
    "new.csv",
  );
  expect((await cur.dailyOf("2024-03")).map((row) => [row.deliveryId, row.service, row.unblendedCost])).toEqual([
    [second?.delivery_id, "AmazonEC2", "9.000000000000"],
    [second?.delivery_id, "AmazonRDS", "1.500000000000"],
  ]);
  const [late] = await cur.importText(old, "late.csv");
  expect(late).toMatchObject({ delivery_id: first?.delivery_id, status: "superseded" });
  expect(late?.findings.at(-1)?.message).toContain(`superseded by ${second?.delivery_id}`);
  expect(await cur.dailyOf("2024-03")).toHaveLength(2);
});

test("deliveries of two payer organisations stand side by side in a period", async () => {
  await cur.importText(cur2Csv([inPeriod("2024-04")]), "a.csv");
  const results = await cur.importText(
    cur2Csv([inPeriod("2024-04", { bill_payer_account_id: "222222222222" })]),
    "b.csv",
  );
  expect(codesOf(results)).toEqual(["new_payer", "another_payer"]);
  expect((await cur.dailyOf("2024-04")).map((row) => row.payer).toSorted()).toEqual(["111111111111", "222222222222"]);
});

test("a file with several billing periods makes a delivery of each", async () => {
  const results = await cur.importText(
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
  expect(codesOf(results)).toContain("several_periods");
});

test("gzip and zip are unpacked, whatever the file is called", async () => {
  const text = (period: string): string => cur2Csv([inPeriod(period)]);
  expect(await cur.importText(gzipSync(text("2024-07")), "june.csv")).toMatchObject([
    { period: "2024-07", status: "active" },
  ]);
  const zip = zipOf({ name: "june.csv", content: text("2024-08") });
  expect(await cur.importText(zip, "june.zip")).toMatchObject([{ period: "2024-08", status: "active" }]);
  await expect(cur.importText(zip.subarray(0, -30), "cut.zip")).rejects.toThrow(/cut\.zip.*cut off/);
  const bent = Uint8Array.from(zip);
  bent[45] = (bent[45] ?? 0) ^ 0xff;
  await expect(cur.importText(bent, "bent.zip")).rejects.toThrow(/bent\.zip.*(damaged|unpacked)/);
});

test("lines that cannot be told apart, unknown types, other providers and an open identity are reported, and counted", async () => {
  const twice = { identity_line_item_id: "same" };
  const results = await cur.importText(
    cur2Csv([
      inPeriod("2025-07", twice),
      inPeriod("2025-07", twice),
      inPeriod("2025-07", { line_item_line_item_type: "Novelty" }),
      inPeriod("2025-07", { line_item_line_item_type: "RIFee", reservation_unused_recurring_fee: "1" }),
      inPeriod("2025-07", { split_line_item_parent_resource_id: "i-1" }),
    ]),
  );
  expect(codesOf(results).toSorted()).toEqual([
    "duplicate_lines",
    "identity_open",
    "split_cost_rows",
    "unknown_line_type",
  ]);
  expect(results).toMatchObject([{ status: "active", rows: 5, total_unblended_cost: "6.000000" }]);
  const focus = await cur.importText(
    focusCsv([
      {
        BillingPeriodStart: "2025-08-01 00:00:00",
        ChargePeriodStart: "2025-08-05 10:00:00",
        ProviderName: "Oracle",
      },
    ]),
    "focus.csv",
  );
  expect(focus).toMatchObject([
    {
      status: "active",
      is_final: false,
      findings: [{ code: "other_provider", row: 2, subject: "Oracle" }, { code: "new_payer" }],
    },
  ]);
});

test("a delivery is final when every line with a cost has an invoice id, and support is there where the month before had it", async () => {
  const support = { line_item_line_item_type: "Fee", line_item_product_code: "AWSSupportBusiness" };
  const final = async (lines: Cells[], name: string) => (await cur.importText(cur2Csv(lines), name))[0]?.is_final;
  expect(await final([inPeriod("2025-09"), inPeriod("2025-09", support)], "a.csv")).toBe(true);
  expect(await final([inPeriod("2025-10", { bill_invoice_id: "" }), inPeriod("2025-10", support)], "b.csv")).toBe(
    false,
  );
  expect(await final([inPeriod("2025-10")], "c.csv")).toBe(false);
  expect(await final([inPeriod("2025-10"), inPeriod("2025-10", support)], "d.csv")).toBe(true);
});

test("only who may write cost imports, and what is not there is said", async () => {
  await expect(importCur.run(callAs(world, actorOf("finance")), { path: cur.folder })).rejects.toMatchObject({
    kind: "forbidden",
  });
  await expect(cur.importPath(cur.folder)).rejects.toThrow(/holds no cost file/);
  await expect(cur.importPath(join(cur.folder, "nowhere"))).rejects.toThrow(/does not exist/);
});
