import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { place } from "../../../testing/database.ts";
import type { Lake } from "../../ports/index.ts";
import { openLake } from "./lake.ts";

let folder: string;
let lake: Lake;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-lake-"));
  lake = await openLake(join(folder, "spill"));
});
afterAll(async () => {
  await lake.close();
  await rm(folder, { recursive: true, force: true });
});

const convert = async (name: string, content: string | Uint8Array, select: string, width: number) => {
  const path = await place(folder, name, content);
  const target = join(folder, `${name}.parquet`);
  const { rows } = await lake.convert({
    select,
    source: { kind: "csv", path, isCompressed: name.endsWith(".gz"), width },
    target,
  });
  return { target, rows };
};
const read = (target: string, text = "select * from t", parameters: string[] = []) =>
  lake.query(text, { tables: { t: [target] }, parameters });

test("fields come as text with their row, a blank as blank, a field that is not there as null", async () => {
  const text = 'a,b\n007,"x, ""y""\nz"\n,\n1\n';
  const { target, rows } = await convert("plain.csv", text, "select * from source", 2);
  expect(rows).toBe(3);
  expect(await read(target)).toEqual([
    { c1: "007", c2: 'x, "y"\nz', engine_row: "2" },
    { c1: "", c2: "", engine_row: "3" },
    { c1: "1", c2: null, engine_row: "4" },
  ]);
});

test("rows keep their place over a file that is read in many pieces, packed or not", async () => {
  const lines = Array.from({ length: 200_000 }, (_, index) => `${index + 2},${"x".repeat(index % 90)}\n`);
  for (const [name, content] of [
    ["long.csv", `a,b\n${lines.join("")}`],
    ["long.csv.gz", gzipSync(`a,b\n${lines.join("")}`)],
  ] as const) {
    const { target } = await convert(name, content, "select cast(c1 as bigint) as n, engine_row from source", 2);
    expect(
      await read(target, "select count(*) as n, sum(case when n <> engine_row then 1 else 0 end) as wrong from t"),
    ).toEqual([{ n: "200000", wrong: "0" }]);
  }
});

test("the same lines give the same bytes, so that a copy has one digest", async () => {
  const text = `a,b\n${Array.from({ length: 50_000 }, (_, index) => `${index},k${index % 7}\n`).join("")}`;
  const [one, two] = [
    await convert("one.csv", text, "select * from source", 2),
    await convert("two.csv", text, "select * from source", 2),
  ];
  expect(await readFile(one.target)).toEqual(await readFile(two.target));
});

test("decimals are exact text, parameters are bound, and keys are read from maps and JSON alike", async () => {
  const { target } = await convert(
    "typed.csv",
    'a,b\n0.1,"{""k"":""v""}"\n0.2,{}\n',
    "select cast(c1 as decimal(38,12)) as cost, c2 as tags, map {'k': c1} as m from source",
    2,
  );
  expect(await read(target, "select sum(cost) as total from t")).toEqual([{ total: "0.300000000000" }]);
  expect(
    await read(
      target,
      `select json_extract_scalar(tags, '$["k"]') as a, element_at(m, 'k') as b, element_at(m, 'z') as c from t where element_at(m, 'k') = ?`,
      ["0.1"],
    ),
  ).toEqual([{ a: "v", b: "0.1", c: null }]);
  expect(await read(target, "select cost from t where tags = ?", ["' or 1=1 --"])).toEqual([]);
  expect(await lake.describe(target)).toContainEqual({ name: "m", type: "MAP(VARCHAR, VARCHAR)" });
});

test("what cannot be read is refused with the row and the name given to it", async () => {
  const path = await place(folder, "bad.csv", "a,b\n1,2\n3,4,5\n");
  const source = { kind: "csv", path, isCompressed: false, width: 2 } as const;
  await expect(
    lake.convert({ select: "select * from source", source, name: "june.csv", target: join(folder, "bad.parquet") }),
  ).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringMatching(/^june\.csv, row 3: has 3 fields, where the header has 2: .*Fetch it again/),
  });
  await expect(lake.describe(path, "june.parquet")).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("june.parquet"),
  });
});

test("times are told in UTC, wherever the machine stands", async () => {
  const { target } = await convert("zone.csv", "a\n1\n", "select current_setting('TimeZone') as raw from source", 1);
  expect(await read(target, "select raw, current_setting('TimeZone') as query from t")).toEqual([
    { raw: "UTC", query: "UTC" },
  ]);
});

test("sums beyond any bill are refused in words, not as a fault of ours", async () => {
  const { target } = await convert(
    "huge.csv",
    "a\n9e25\n9e25\n",
    "select cast(c1 as decimal(38,12)) as cost from source",
    1,
  );
  await expect(read(target, "select sum(cost) as total from t")).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("more than 26 digits"),
  });
});

test("queries run side by side, each with its own tables", async () => {
  const made = await Promise.all(
    [1, 2, 3].map((n) => convert(`side-${n}.csv`, `a\n${n}\n`, "select c1 from source", 1)),
  );
  const answers = await Promise.all(made.map(({ target }) => read(target, "select c1 from t")));
  expect(answers).toEqual([[{ c1: "1" }], [{ c1: "2" }], [{ c1: "3" }]]);
});

test("conversions that come at once are done one after the other, and a failed one does not stop the next", async () => {
  const text = `a,b\n${Array.from({ length: 100_000 }, (_, index) => `${index},${"y".repeat(200)}${index}\n`).join("")}`;
  const made = await Promise.allSettled([
    convert("at-once-1.csv", text, "select * from source", 2),
    convert("at-once-2.csv", "a\n1,2\n", "select * from source", 1),
    convert("at-once-3.csv", text, "select * from source", 2),
  ]);
  expect(made.map((outcome) => (outcome.status === "fulfilled" ? outcome.value.rows : "refused"))).toEqual([
    100_000,
    "refused",
    100_000,
  ]);
});
