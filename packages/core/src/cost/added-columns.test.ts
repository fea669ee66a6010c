import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { codesOf, curWorld, inPeriod } from "../../testing/cur-world.ts";
import { cur2Csv } from "../../testing/cur.ts";
import { place } from "../../testing/database.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import { costFindings, costLines, costPartitions, verifyDelivery } from "./index.ts";

let world: TestWorld;
let cur: Awaited<ReturnType<typeof curWorld>>;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  cur = await curWorld(world);
});
const engineer = () => callAs(world, actorOf("platform_engineer"));

/** A file with columns behind those of the product, each line with its own values. */
const widened = (text: string, columns: readonly string[], values: readonly (readonly string[])[]): string => {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const cell = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  return [
    [header, ...columns.map(cell)].join(","),
    ...lines.map((line, index) => [line, ...(values[index] ?? []).map(cell)].join(",")),
  ].join("\n");
};
const june = (period: string): string =>
  cur2Csv([inPeriod(period), inPeriod(period, { line_item_unblended_cost: "2" })]);
const linesOf = async (period: string) => (await costLines.run(engineer(), { period })).lines;

test("what a format's first delivery has is known: nothing is kept beside its lines", async () => {
  expect(codesOf(await cur.importText(june("2023-01")))).toEqual([]);
  expect((await linesOf("2023-01")).some((line) => "added_columns" in line)).toBe(false);
});

const CLIMATE = 'climate CO2 "kg"';

test("columns that AWS adds are reported against the month before, and their values are kept and shown with their lines", async () => {
  const text = widened(
    june("2023-02"),
    [CLIMATE, "capacity_reservation"],
    [
      ["1.25", 'one "quoted", \\ back\nand two'],
      ["", ""],
    ],
  );
  const results = await cur.importText(text, "february.csv");
  expect(results[0]).toMatchObject({ status: "active" });
  expect(results[0]?.findings).toMatchObject([
    {
      code: "columns_added",
      message: expect.stringMatching(/the month before did not have: climate.*capacity_reservation/),
    },
  ]);
  const lines = await linesOf("2023-02");
  expect(lines.map((line) => ("added_columns" in line ? line.added_columns : undefined))).toEqual([
    { [CLIMATE]: "1.25", capacity_reservation: 'one "quoted", \\ back\nand two' },
    undefined,
  ]);
  const { partitions } = await costPartitions.run(engineer(), { period: "2023-02" });
  expect(partitions[0]?.columnar_files[0]).toMatchObject({ added_columns: [CLIMATE, "capacity_reservation"] });
});

test("a column that goes is a finding that names it, and a delivery without it is imported all the same", async () => {
  const [header = "", ...rest] = june("2023-03").split("\n");
  const at = header.split(",").indexOf("line_item_operation");
  const without = [header, ...rest].map((line) => (line === "" ? "" : line.split(",").toSpliced(at, 1).join(",")));
  const results = await cur.importText(without.join("\n").replaceAll(/"\{.*?\}"/g, ""), "march.csv");
  expect(results[0]).toMatchObject({ status: "active" });
  const { findings } = await costFindings.run(engineer(), { period: "2023-03" });
  const drift = findings.find((one) => one.code === "schema_drift");
  expect(drift).toMatchObject({ severity: "warning", message: expect.stringContaining("line_item_operation") });
  expect(drift?.advice).toContain("Put the columns back");
});

test("added columns of a Parquet export are kept by their values, and changing the kept file is found", async () => {
  const csv = await place(world.folder, "april.csv", widened(june("2023-04"), ["sku_note"], [["a"], ["b"]]));
  const path = `${world.folder}/april.parquet`;
  const columns = (await import("node:fs")).readFileSync(csv, "utf8").split("\n")[0]?.split(",") ?? [];
  const select = `select ${columns.map((name, index) => `c${index + 1} as ${name.startsWith('"') ? name : `"${name}"`}`).join(", ")}, 7 as sku_count from source`;
  await world.lake.convert({
    select,
    source: { kind: "csv", path: csv, isCompressed: false, width: columns.length },
    target: path,
  });
  const [result] = await cur.importPath(path);
  expect(result).toMatchObject({ status: "active", rows: 2 });
  expect((await linesOf("2023-04")).map((line) => ("added_columns" in line ? line.added_columns : {}))).toEqual([
    { sku_note: "a", sku_count: "7" },
    { sku_note: "b", sku_count: "7" },
  ]);
  const id = result?.delivery_id;
  if (!id) throw new Error("not imported");
  expect(await verifyDelivery.run(engineer(), { delivery_id: id })).toMatchObject({ ok: true, files_checked: 3 });
});
