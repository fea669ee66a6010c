import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesContract } from "../../../testing/files-contract.ts";
import type { Files } from "../../ports/index.ts";
import { openFiles } from "./files.ts";

let folder: string;
let files: Files;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-files-"));
  files = await openFiles(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

filesContract(() => files);

test("what dead processes left in the making is removed at the next start; the own scratch stays", async () => {
  const own = await files.scratchPath(".csv");
  await writeFile(own, "mine");
  for (const name of ["999999999-dead", `${process.pid}-before`, "junk"]) await mkdir(join(folder, "scratch", name));
  await openFiles(folder);
  const [left, ...others] = await readdir(join(folder, "scratch"));
  expect([own.includes(left ?? "?"), others]).toEqual([true, []]);
});
