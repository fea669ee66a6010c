import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cur2Csv, focusCsv, legacyCsv } from "../../testing/cur.ts";
import { place } from "../../testing/database.ts";
import { randomOf, type Random } from "../../testing/random.ts";
import { openFiles } from "../adapters/embedded/files.ts";
import { openLake } from "../adapters/embedded/lake.ts";
import { Problem } from "../kernel/index.ts";
import type { Files, Lake } from "../ports/index.ts";
import { prepareSource, type PreparedSource } from "./prepare.store.ts";
import { storeRawFile } from "./raw.store.ts";

const SEEDS = process.env["COMMOPS_LONG"] === "1" ? 400 : 40;

let folder: string;
let ports: { files: Files; lake: Lake };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-fuzz-"));
  ports = { files: await openFiles(join(folder, "files")), lake: await openLake(join(folder, "lake")) };
});
afterAll(async () => {
  await ports.lake.close();
  await rm(folder, { recursive: true, force: true });
});

const LINES = 30;
const lines = Array.from({ length: LINES }, (_, index) => ({ line_item_resource_id: `i-"${index}",\nx` }));
const TEXTS = [
  cur2Csv(lines),
  legacyCsv(lines.map((_, index) => ({ "lineItem/UnblendedCost": `0.${index}` }))),
  focusCsv(lines.map(() => ({}))),
] as const;

/** Ways in which a text goes wrong on its way, or is made to. */
const TEXT_FAULTS: readonly ((text: string, random: Random) => string | Uint8Array)[] = [
  (text, random) => splice(text, random, '"'),
  (text, random) => splice(text, random, "\n"),
  (text, random) => splice(text, random, "\r\n"),
  (text, random) => splice(text, random, "\r"),
  (text, random) => splice(text, random, "\u0000"),
  (text, random) => splice(text, random, ","),
  (text, random) => splice(text, random, "x".repeat(3 << 20)),
  (text, random) => splice(text, random, `"${"y\n".repeat(random.below(200_000))}"`),
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => text.slice(random.below(text.length)),
  (text) => `\ufeff${text}`,
  (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
  (text, random) => drop(text, random),
  (text, random) => flip(Buffer.from(text), random, 1 + random.below(20)),
];

const splice = (text: string, random: Random, part: string): string => {
  const at = random.below(text.length);
  return text.slice(0, at) + part + text.slice(at);
};
const drop = (text: string, random: Random): string => {
  const at = random.below(text.length);
  return text.slice(0, at) + text.slice(at + random.below(40));
};
const flip = (bytes: Uint8Array, random: Random, times: number): Uint8Array => {
  const changed = Uint8Array.from(bytes);
  for (let time = 0; time < times; time += 1) {
    const at = random.below(changed.length);
    changed[at] = random.below(256);
  }
  return changed;
};

const prepare = async (content: string | Uint8Array, name: string): Promise<PreparedSource | Problem> => {
  const file = { path: await place(folder, "fuzzed", content), name };
  const listed = { ...file, bytes: 1, modifiedAt: 0 };
  const arrival = { isNewest: false, stamp: undefined, modifiedAt: 0 };
  const source = {
    name,
    manifest: undefined,
    files: [listed],
    period: undefined,
    announced: undefined,
    arrival,
    findings: [],
  };
  try {
    return await prepareSource(ports, source, [await storeRawFile(ports.files, file)], { known: new Map() });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
};

/** The records of a text by a reader that shares nothing with the product's: a whole other way through RFC 4180. */
const recordsOf = (text: string): number =>
  [...text.replace(/^\ufeff/, "").matchAll(/(?:"(?:[^"]|"")*"|[^",\n][^,\n]*|,)+|(?<=\n)\n/g)].filter(
    ([record]) => record.replaceAll(/[\r\n]/g, "") !== "",
  ).length;

type Fate = "read" | "kept out" | "refused";

/** Every line was read into a period, or the file is refused, or a finding that keeps it out names what happened. */
const fateOf = (outcome: PreparedSource | Problem, content: string | Uint8Array, name: string): Fate => {
  if (outcome instanceof Problem) {
    expect({ kind: outcome.kind, message: outcome.message }).toEqual({
      kind: "invalid",
      message: expect.stringContaining(name),
    });
    return "refused";
  }
  if (outcome.findings.some((item) => item.severity === "quarantine")) return "kept out";
  const read = outcome.periods.flatMap((period) => period.columnar).reduce((sum, file) => sum + file.rows, 0);
  if (typeof content === "string") expect(read).toBe(recordsOf(content) - 1);
  return "read";
};

test("a whole text is read to the last line, so that the count below can fail", async () => {
  for (const text of TEXTS) {
    expect(recordsOf(text) - 1).toBe(LINES);
    const outcome = await prepare(text, "whole.csv");
    if (outcome instanceof Problem) throw outcome;
    expect(outcome.periods.flatMap((period) => period.columnar).map((file) => file.rows)).toEqual([LINES]);
  }
});

test(
  `texts that went wrong in ${SEEDS} ways lose no line in silence, plain and packed`,
  { timeout: 600_000 },
  async () => {
    const fates = new Set<Fate>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = randomOf(seed);
      const text = TEXTS[random.below(TEXTS.length)] ?? TEXTS[0];
      const fault = TEXT_FAULTS[seed % TEXT_FAULTS.length] ?? ((same: string) => same);
      const content = fault(text, random);
      const name = `seed-${seed}.csv`;
      fates.add(fateOf(await prepare(content, name), content, name));
      const packed = flip(gzipSync(content), random, seed % 3);
      fateOf(await prepare(packed, `${name}.gz`), seed % 3 === 0 ? content : packed, `${name}.gz`);
    }
    expect([...fates].toSorted()).toEqual(["kept out", "read", "refused"]);
  },
);

test(
  `Parquet files that went wrong in ${SEEDS} ways take down no more than the process that reads them`,
  { timeout: 600_000 },
  async () => {
    const path = await place(folder, "whole.csv", cur2Csv(lines));
    const target = join(folder, "whole.parquet");
    const width = cur2Csv([]).split(",").length;
    const names = cur2Csv([]).trim().split(",");
    await ports.lake.convert({
      select: `select ${names.map((name, index) => `c${index + 1} as ${name}`).join(", ")} from source`,
      source: { kind: "csv", path, isCompressed: false, width },
      target,
    });
    const whole = await readFile(target);
    const sound = await prepare(whole, "whole.parquet");
    expect(sound instanceof Problem ? sound.message : sound.periods.map((period) => period.columnar[0]?.rows)).toEqual([
      LINES,
    ]);
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = randomOf(seed);
      const name = `seed-${seed}.parquet`;
      const bytes =
        seed % 4 === 0
          ? whole.subarray(0, 4 + random.below(whole.length - 4))
          : flip(whole, random, 1 + random.below(8));
      const outcome = await prepare(
        bytes[0] === 0x50 ? bytes : Buffer.concat([Buffer.from("PAR1"), bytes.subarray(4)]),
        name,
      );
      fateOf(outcome, bytes, name);
    }
    expect(await prepare(TEXTS[0], "after.csv")).toMatchObject({ format: "cur2", findings: [] });
  },
);
