import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { place } from "../../../testing/database.ts";
import { type RawReader, rawReader, READER_LIMITS, type ReaderLimits } from "./reader-process.ts";

let folder: string;
let long: string;
const readers: RawReader[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-reader-"));
  const lines = Array.from({ length: 400_000 }, (_, index) => `${index},${"z".repeat(60)}${index}\n`);
  long = await place(folder, "long.csv", `a,b\n${lines.join("")}`);
});
afterAll(async () => {
  for (const reader of readers) await reader.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (limits: Partial<ReaderLimits> = {}): RawReader => {
  const reader = rawReader(join(folder, "spill"), { ...READER_LIMITS, ...limits });
  readers.push(reader);
  return reader;
};
const convert = (reader: RawReader, path: string, name: string) =>
  reader.convert({
    select: "select * from source",
    source: { kind: "csv", path, isCompressed: false, width: 2 },
    name,
    target: join(folder, `${name}.parquet`),
  });
const small = () => place(folder, "small.csv", "a,b\n1,2\n");

/** The processes that this one has started and that read raw files. */
const children = async (): Promise<number[]> => {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,args="]);
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, parent, ...args]) => Number(parent) === process.pid && args.some((arg) => arg.endsWith("raw-reader.ts")),
    )
    .map(([pid]) => Number(pid));
};
const until = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
  for (let tries = 0; tries < 400; tries += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("it did not come to that");
};

test.each(["SIGSEGV", "SIGABRT"] as const)(
  "a file under which the reader crashes (%s) is refused by its name, and the next one is read",
  async (signal) => {
    const reader = open();
    const before = new Set(await children());
    const outcome = convert(reader, long, "hostile.csv").catch((error: unknown) => error);
    process.kill(await until(async () => (await children()).find((pid) => !before.has(pid))), signal);
    expect(await outcome).toMatchObject({
      kind: "invalid",
      code: "UNREADABLE_FILE",
      message: expect.stringMatching(new RegExp(`^hostile\\.csv: reading it crashed the reader \\(${signal}\\)`)),
    });
    expect(await convert(reader, await small(), "next.csv")).toEqual({ rows: 1 });
  },
);

test("a reader that the system ends for want of memory is asked again later: that may be no fault of the file", async () => {
  const reader = open();
  const before = new Set(await children());
  const outcome = convert(reader, long, "unlucky.csv").catch((error: unknown) => error);
  process.kill(await until(async () => (await children()).find((pid) => !before.has(pid))), "SIGKILL");
  expect(await outcome).toMatchObject({ kind: "transient", message: expect.stringContaining("unlucky.csv") });
});

test("a file that takes too long, or too much memory, is stopped and refused, and the next one is read", async () => {
  const slow = open({ baseMs: 1, msPerByte: 0 });
  await expect(convert(slow, long, "slow.csv")).rejects.toThrow(/^slow\.csv: reading it took longer than/);
  const greedy = open({ memoryBytes: 1024 });
  await expect(convert(greedy, long, "greedy.csv")).rejects.toThrow(/^greedy\.csv: reading it took more memory/);
  expect(await convert(open(), await small(), "next.csv")).toEqual({ rows: 1 });
});

test("one process reads the files of an import, and ends when no more come", async () => {
  const before = new Set(await children());
  const mine = async () => (await children()).filter((pid) => !before.has(pid));
  const patient = open({ idleMs: 60_000 });
  await convert(patient, await small(), "one.csv");
  await convert(patient, await small(), "two.csv");
  expect(await mine()).toHaveLength(1);
  await patient.close();
  const hasty = open({ idleMs: 50 });
  await convert(hasty, await small(), "three.csv");
  await until(async () => ((await mine()).length === 0 ? true : undefined));
  expect(await convert(hasty, await small(), "four.csv")).toEqual({ rows: 1 });
});

test("a process that ends while it waits for the next file harms nothing: the next file has a process of its own", async () => {
  const before = new Set(await children());
  const reader = open({ idleMs: 400 });
  await convert(reader, await small(), "one.csv");
  process.kill(await until(async () => (await children()).find((pid) => !before.has(pid))), "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await convert(reader, await small(), "two.csv")).toEqual({ rows: 1 });
});
