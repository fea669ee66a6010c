import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { csvColumns, parquetColumns } from "../src/cost/columns.ts";
import { normaliseSql, partSql } from "../src/cost/normalise-sql.ts";
import { CONTENTS, DAILY, FACTS, linesQuery } from "../src/cost/queries.ts";
import type { Lake, RawSource } from "../src/ports/index.ts";
import { type Cells, cur2Csv } from "./cur.ts";

/** A lake with a place for its files: what was kept is read by its location. */
export interface LakeWorld {
  readonly lake: Lake;
  /** Keeps a raw file and gives its location. */
  raw(name: string, content: string | Uint8Array): Promise<string>;
  /** Keeps columnar lines of a billing period and gives their location. */
  keep(path: string, period: string): Promise<string>;
  scratch(suffix: string): Promise<string>;
}

const header = (text: string): string[] => (text.split("\n")[0] ?? "").split(",");

/** Canonical lines of a CUR 2.0 file, as an import makes them. */
const linesOf = async (world: LakeWorld, name: string, lines: readonly Cells[]) => {
  const text = cur2Csv(lines);
  const isCompressed = name.endsWith(".gz");
  const path = await world.raw(name, isCompressed ? gzipSync(text) : text);
  const columns = header(text);
  const source: RawSource = { kind: "csv", path, isCompressed, width: columns.length };
  const target = await world.scratch(".parquet");
  const select = normaliseSql("cur2", csvColumns(columns), { name, digest: name, kind: "csv", mayBePadded: true });
  const { rows } = await world.lake.convert({ select, source, name, target });
  return { target, rows };
};

type Values = (string | number | boolean | null)[];
const asking =
  (world: LakeWorld) =>
  (text: string, paths: readonly string[], parameters: Values = []) =>
    world.lake.query(text, { tables: { fact_cost_raw: paths }, parameters });

const convertsOnce = async (world: LakeWorld): Promise<void> => {
  const query = asking(world);
  const { target, rows } = await linesOf(world, "june.csv.gz", [
    { line_item_unblended_cost: "0.1" },
    { line_item_unblended_cost: "0.2", resource_tags: '{"user_tenant_id":"it\'s","user_plan_id":""}' },
    { line_item_unblended_cost: "-5E-14", line_item_line_item_type: "Credit", resource_tags: "" },
  ]);
  expect(rows).toBe(3);
  const kept = await world.keep(target, "2026-06");
  for (const path of [target, kept]) {
    expect(await query(CONTENTS, [path])).toEqual([
      {
        billing_period: "2026-06",
        currency: "USD",
        line_count: "3",
        priced_count: "2",
        first_row: "2",
        last_row: "4",
      },
    ]);
  }
  expect(
    await query(linesQuery({ exactly: { tenant: "it's" }, haveDays: true }, 5).text, [kept], ["it's"]),
  ).toMatchObject([
    {
      source_row: "3",
      usage_date: "2026-06-03",
      line_item_unblended_cost: "0.200000000000",
      resource_tags_user_plan_id: "",
      is_split: false,
      bill_invoice_id: "2026060001",
    },
  ]);
  expect(await query(FACTS, [kept])).toMatchObject([{ line_count: "3", without_net: "0", with_cost: "2" }]);
};

const isOneTable = async (world: LakeWorld): Promise<void> => {
  const query = asking(world);
  const days = Array.from({ length: 1_500 }, (_, index) => ({
    line_item_usage_account_id: String(100_000_000_000 + index),
    line_item_unblended_cost: `${index}.000000000001`,
  }));
  const parts = [days.slice(0, 800), days.slice(800)];
  const kept: string[] = [];
  for (const [index, part] of parts.entries()) {
    const { target } = await linesOf(world, `part-${index}.csv`, part);
    kept.push(await world.keep(target, "2026-06"));
  }
  const batches: number[] = [];
  const groups: unknown[] = [];
  for await (const batch of world.lake.stream(DAILY, { tables: { fact_cost_raw: kept } })) {
    batches.push(batch.length);
    groups.push(...batch.map((row) => row["group_no"]));
  }
  expect(groups).toEqual(days.map((_, index) => String(index + 1)));
  const sum = "select sum(line_item_unblended_cost) as total, count(*) as n from fact_cost_raw";
  expect(await query(sum, kept)).toEqual([{ total: "1124250.000000001500", n: "1500" }]);
  expect(await query(sum, kept.slice(0, 1))).toEqual([{ total: "319600.000000000800", n: "800" }]);
};

const describesAndConvertsAgain = async (world: LakeWorld): Promise<void> => {
  const query = asking(world);
  const { target } = await linesOf(world, "two.csv", [
    {},
    { bill_billing_period_start_date: "2026-05-01T00:00:00.000Z" },
  ]);
  const columns = await world.lake.describe(target);
  expect(columns).toContainEqual({ name: "line_item_unblended_cost", type: "DECIMAL(38,12)" });
  expect(columns).toContainEqual({ name: "usage_date", type: "DATE" });
  expect(parquetColumns(columns)).toHaveLength(columns.length);
  const may = await world.scratch(".parquet");
  const source = { kind: "parquet", path: target } as const;
  expect(await world.lake.convert({ select: partSql("2026-05", "USD"), source, target: may })).toEqual({ rows: 1 });
  expect(await query("select source_row, billing_period from fact_cost_raw", [may])).toEqual([
    { source_row: "3", billing_period: "2026-05" },
  ]);
};

const bindsParameters = async (world: LakeWorld): Promise<void> => {
  const query = asking(world);
  const { target } = await linesOf(world, "kinds.csv", [{ resource_tags: "" }]);
  const text =
    "select is_split, is_upfront = ? as same, resource_tags_user_tenant_id as tag, source_row, ? as word, cast(? as integer) as whole from fact_cost_raw where source_row < ? and coalesce(line_item_product_code, '') <> ?";
  expect(await query(text, [target], [false, "' or 1=1 --", 7, 9, "'); drop table x"])).toEqual([
    { is_split: false, same: true, tag: null, source_row: "2", word: "' or 1=1 --", whole: 7 },
  ]);
};

const namesWhatIsMissing = async (world: LakeWorld): Promise<void> => {
  const query = asking(world);
  await expect(query(CONTENTS, [])).rejects.toMatchObject({ kind: "invalid" });
  const path = await world.raw("text.parquet", "this is text, not columns\n".repeat(4));
  await expect(world.lake.describe(path, "text.parquet")).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("text.parquet") as string,
  });
};

/** What every adapter of the Lake port keeps: the same texts over the same files give the same rows, to the last digit. */
export const lakeContract = (world: () => LakeWorld): void => {
  test("lines are converted once and then asked by the product's own texts, before and after they are kept", () =>
    convertsOnce(world()));
  test("several files are one table, and a long answer comes whole and in order", () => isOneTable(world()));
  test("a columnar file is described and converted again, such as to take one period out", () =>
    describesAndConvertsAgain(world()));
  test("parameters are bound, whatever they hold, and values keep their kind", () => bindsParameters(world()));
  test("without a file there is nothing to ask, and what is no Parquet file is named", () =>
    namesWhatIsMissing(world()));
};
