import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockFolder } from "./lock.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-lock-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the data folder is this user's alone: the embedded database lets everybody write its files", async () => {
  const data = join(folder, "data");
  await (await lockFolder(data)).release();
  expect((await stat(data)).mode & 0o777).toBe(0o700);
  await chmod(data, 0o755);
  await (await lockFolder(data)).release();
  expect((await stat(data)).mode & 0o777).toBe(0o700);
});
