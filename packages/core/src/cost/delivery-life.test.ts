import { appendFile, chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inPeriod } from "../../testing/cur-world.ts";
import { type Cells, cur2Csv } from "../../testing/cur.ts";
import { place } from "../../testing/database.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import type { DeliveryId } from "../kernel/index.ts";
import type { Files, Lake } from "../ports/index.ts";
import type { World } from "../record/index.ts";
import {
  costLines,
  costPartitions,
  costQuality,
  costSummary,
  curFreshnessDays,
  importCur,
  verifyDelivery,
} from "./index.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());

const engineer = (on: World = world) => callAs(on, actorOf("platform_engineer"));
let files = 0;
const fileOf = (lines: readonly Cells[]) => place(world.folder, `${(files += 1)}.csv`, cur2Csv(lines));
const importLines = async (lines: readonly Cells[]) => importCur.run(engineer(), { path: await fileOf(lines) });
const idOf = (result: { delivery_id: string | null } | undefined) => (result?.delivery_id ?? "") as DeliveryId;
const execute = (query: ReturnType<typeof sql>) => world.database.transaction("operator", (tx) => tx.execute(query));

test("an import that fails at any step and is repeated ends like one that did not fail, and the period never shows a half", async () => {
  const lines = Array.from({ length: 1200 }, (_, index) =>
    inPeriod("2024-01", { line_item_usage_type: `Box:${index}` }),
  );
  const before = await importLines([inPeriod("2024-01", { line_item_usage_type: "Box:0" })]);
  const path = await fileOf(lines);
  const summary = () => costSummary.run(engineer(), { period: "2024-01", by: "service" });
  const old = await summary();
  let fuse = 0;
  const burn =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      fuse -= 1;
      if (fuse === 0) throw new Error("the process died here");
      return work(...args);
    };
  const { database, files: kept, lake } = world;
  const fragileFiles: Files = {
    ...kept,
    putFile: burn(kept.putFile),
    localPath: burn(kept.localPath),
    location: burn(kept.location),
  };
  const fragileLake: Lake = { ...lake, convert: burn(lake.convert) };
  const fragile: World = {
    ...world,
    files: fragileFiles,
    lake: fragileLake,
    database: { ...database, transaction: (scope, work) => burn(() => database.transaction(scope, work))() },
  };
  let failures = 0;
  for (let step = 1; ; step += 1) {
    fuse = step;
    const failed = await importCur.run(engineer(fragile), { path }).then(
      () => false,
      () => true,
    );
    if (!failed) break;
    failures += 1;
    expect(await summary()).toEqual(old);
  }
  expect(failures).toBeGreaterThan(8);
  const [again] = await importCur.run(engineer(), { path });
  expect(again?.findings.at(-1)?.code).toBe("duplicate_delivery");
  expect(await summary()).toMatchObject({ total: "1800.000000000000", rows: 1200 });
  expect(await verifyDelivery.run(engineer(), { delivery_id: idOf(again) })).toMatchObject({
    ok: true,
    groups_checked: 1200,
  });
  expect(
    (await costPartitions.run(engineer(), { period: "2024-01" })).partitions
      .map((entry) => `${entry.delivery_id} ${entry.status}`)
      .toSorted(),
  ).toEqual([`${idOf(again)} active`, `${idOf(before[0])} superseded`].toSorted());
});

test("a delivery that was not touched verifies; a changed row is named by group and column, a lost or added one by group", async () => {
  const [result] = await importLines([
    inPeriod("2024-02"),
    inPeriod("2024-02", { line_item_product_code: "AmazonS3" }),
  ]);
  const delivery_id = idOf(result);
  const verify = () => verifyDelivery.run(engineer(), { delivery_id });
  expect(await verify()).toEqual({
    delivery_id,
    ok: true,
    files_checked: 2,
    groups_checked: 2,
    first_difference: null,
  });
  await execute(
    sql`update cost_daily set unblended_cost = unblended_cost + 0.000000000001 where delivery_id = ${delivery_id} and service = 'AmazonS3'`,
  );
  expect(await verify()).toMatchObject({
    ok: false,
    first_difference: {
      group: expect.stringContaining("AmazonS3"),
      column: "unblended_cost",
      expected: "1.500000000000",
      found: "1.500000000001",
    },
  });
  await execute(sql`delete from cost_daily where delivery_id = ${delivery_id} and service = 'AmazonS3'`);
  expect(await verify()).toMatchObject({
    ok: false,
    first_difference: { group: expect.stringContaining("AmazonS3"), found: "none" },
  });
});

test("a raw or columnar file that was changed on disk is named", async () => {
  const [result] = await importLines([inPeriod("2024-03")]);
  const { partitions } = await costPartitions.run(engineer(), { period: "2024-03" });
  const key = partitions[0]?.columnar_files[0]?.key ?? "";
  const path = await world.files.localPath(key);
  await chmod(path, 0o600);
  await appendFile(path, "x");
  expect(await verifyDelivery.run(engineer(), { delivery_id: idOf(result) })).toMatchObject({
    ok: false,
    first_difference: { file: key, column: "digest" },
  });
});

test("a restatement is recorded as new, changed and gone groups with their difference", async () => {
  const s3 = { line_item_product_code: "AmazonS3" };
  await importLines([inPeriod("2024-04"), inPeriod("2024-04", s3)]);
  const [second] = await importLines([
    inPeriod("2024-04", { line_item_unblended_cost: "2" }),
    inPeriod("2024-04", { line_item_product_code: "AmazonRDS" }),
  ]);
  const { partitions } = await costPartitions.run(engineer(), { period: "2024-04" });
  const changes = partitions.find((entry) => entry.delivery_id === second?.delivery_id)?.changes;
  expect(changes?.map((change) => [change.change_type, change.groups, change.unblended_delta])).toEqual([
    ["delete", 1, "-1.500000000000"],
    ["new", 1, "1.500000000000"],
    ["update", 1, "0.500000000000"],
  ]);
});

test("a summary adds up by any keys, and its net basis needs net costs on every line with a cost", async () => {
  await importLines([
    inPeriod("2024-05"),
    inPeriod("2024-05", {
      resource_tags: "{}",
      line_item_unblended_cost: "0.0000004",
      line_item_net_unblended_cost: "0.0000004",
    }),
    inPeriod("2024-05", { line_item_line_item_type: "Tax", line_item_product_code: "AmazonS3", resource_tags: "{}" }),
  ]);
  const summary = await costSummary.run(engineer(), { period: "2024-05", by: "service,tenant,line_item_type" });
  expect(summary).toMatchObject({ currency: "USD", total: "3.000000400000", rows: 3 });
  expect(summary.groups).toContainEqual({
    key: { service: "AmazonEC2", tenant: null, line_item_type: "Usage" },
    cost: "0.000000400000",
    rows: 1,
  });
  expect((await costSummary.run(engineer(), { period: "2024-05", tenant: "", by: "day" })).total).toBe(
    "1.500000400000",
  );
  expect((await costSummary.run(engineer(), { period: "2024-05", basis: "net_amortized" })).total).toBe(
    "3.000000400000",
  );
  await importLines([inPeriod("2024-06", { line_item_net_unblended_cost: "" })]);
  await expect(costSummary.run(engineer(), { period: "2024-06", basis: "net_unblended" })).rejects.toMatchObject({
    kind: "precondition",
  });
  await expect(costSummary.run(engineer(), { period: "2031-01" })).rejects.toMatchObject({ kind: "missing" });
  await expect(costSummary.run(engineer(), { period: "2024-05", by: "colour" })).rejects.toThrow(
    /cannot break down by "colour"/,
  );
});

test("lines are paged in the order of file and row, each once, and filtered without a word reaching the query", async () => {
  const lines = Array.from({ length: 7 }, (_, index) =>
    inPeriod("2024-07", {
      line_item_resource_id: `i-${index}`,
      line_item_product_code: index < 5 ? "AmazonEC2" : "it's",
    }),
  );
  await importLines(lines);
  const seen: unknown[] = [];
  let token: string | undefined;
  do {
    const page = await costLines.run(engineer(), {
      period: "2024-07",
      service: "AmazonEC2",
      page_size: 2,
      ...(token === undefined ? {} : { page_token: token }),
    });
    seen.push(
      ...page.lines.map((row) => [row["source_row"], (row as Record<string, unknown>)["line_item_resource_id"]]),
    );
    token = page.next_page_token;
  } while (token !== undefined);
  expect(seen).toEqual([
    [2, "i-0"],
    [3, "i-1"],
    [4, "i-2"],
    [5, "i-3"],
    [6, "i-4"],
  ]);
  expect((await costLines.run(engineer(), { period: "2024-07", service: "it's" })).lines).toHaveLength(2);
  expect((await costLines.run(engineer(), { period: "2024-07", service: "' or 1=1 --" })).lines).toEqual([]);
});

test("quality measures tags over usage, and the identity per payer", async () => {
  await importLines([
    inPeriod("2024-08", { line_item_unblended_cost: "3" }),
    inPeriod("2024-08", { resource_tags: "{}", line_item_unblended_cost: "1" }),
    inPeriod("2024-08", {
      resource_tags: "{}",
      line_item_line_item_type: "Tax",
      line_item_unblended_cost: "50",
      bill_invoice_id: "",
    }),
  ]);
  expect(await costQuality.run(engineer(), { period: "2024-08" })).toMatchObject({
    is_final: false,
    rows_without_invoice: 1,
    tags: { usage_cost: "4.000000000000", tenant: { cost: "3.000000000000", percent: "75.00" } },
    identity: [{ payer: "111111111111", difference: "0.000000000000", is_closed: true }],
  });
});

test("freshness counts from the last day that is known, and is unknown before the first delivery", async () => {
  const fresh = await testWorld();
  try {
    const days = () =>
      fresh.database.transaction("operator", (tx) => curFreshnessDays(tx, new Date("2024-09-10T08:00:00Z")));
    expect(await days()).toBeNull();
    const folder = join(fresh.folder, "cur");
    await mkdir(folder);
    await importCur.run(engineer(fresh), { path: await place(folder, "a.csv", cur2Csv([inPeriod("2024-09")])) });
    expect(await days()).toBe(7);
  } finally {
    await fresh.close();
  }
});
