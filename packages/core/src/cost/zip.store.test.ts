import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { place } from "../../testing/database.ts";
import { type ZipEntry, zipOf } from "../../testing/zip.ts";
import { extractZip } from "./zip.store.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-zip-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const CSV: ZipEntry = { name: "june.csv", content: "a,b\n1,2\n" };
const unpacked = async (...entries: ZipEntry[]): Promise<string> => {
  const target = join(folder, "target.csv");
  await extractZip(await place(folder, "june.zip", zipOf(...entries)), target, "june.zip");
  return readFile(target, "utf8");
};

test("the one cost file is taken, whatever lies in folders, beside it or in hiding", async () => {
  const beside = ["__MACOSX/._june.csv", ".DS_Store", "june-Manifest.json", "folder/"].map((name) => ({
    name,
    content: "",
  }));
  expect(await unpacked(...beside, { ...CSV, name: "folder/june.csv" })).toBe(CSV.content);
});

test("a name that climbs out of the archive writes nowhere else", async () => {
  expect(await unpacked({ ...CSV, name: "../../climbed.csv" })).toBe(CSV.content);
  expect((await readdir(folder)).toSorted()).toEqual(["june.zip", "target.csv"]);
});

test.each<[string, ZipEntry[], RegExp]>([
  [
    "two cost files",
    [CSV, { ...CSV, name: "july.csv" }],
    /june\.zip: the zip archive holds 2 files, and one cost file is expected/,
  ],
  ["no cost file", [{ ...CSV, name: "x-Manifest.json" }], /holds 0 files/],
  ["a password", [{ ...CSV, isEncrypted: true }], /june\.csv in the zip archive is locked by a password/],
  [
    "more than any cost file unpacks to",
    [{ ...CSV, claimedBytes: 2 ** 31 }],
    /unpacks to more than 250 times its size/,
  ],
  ["another length than it says", [{ ...CSV, claimedBytes: 5 }], /holds more than its directory says/],
])("an archive with %s is refused by name", async (_what, entries, message) => {
  await expect(unpacked(...entries)).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringMatching(message),
  });
});
