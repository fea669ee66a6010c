import { chmod, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
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

test("a folder that is held is refused with the holder's pid, in this process too", async () => {
  const data = join(folder, "held");
  const lock = await lockFolder(data);
  await expect(lockFolder(data)).rejects.toMatchObject({
    kind: "precondition",
    message: expect.stringContaining(`in use by the process ${process.pid}`),
  });
  await lock.release();
  await (await lockFolder(data)).release();
});

test("a lock of a process that is gone is taken over, also where its pid is another process's by now", async () => {
  for (const left of ["999999999 1", `${process.ppid} 1`, `${process.pid} 1`, ""]) {
    const data = join(folder, `left by ${left.replace(/ .*/, "")}`);
    await mkdir(data);
    await writeFile(join(data, "server.lock"), left);
    const lock = await lockFolder(data);
    expect(await readFile(join(data, "server.lock"), "utf8")).toMatch(new RegExp(`^${process.pid}\\b`));
    await lock.release();
  }
});

test("of many starters that find a dead lock one gets the folder", async () => {
  const data = join(folder, "many");
  await mkdir(data);
  await writeFile(join(data, "server.lock"), "999999999 1");
  const starts = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(data)));
  expect(starts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a starter that was killed while it took over stands in nobody's way", async () => {
  const data = join(folder, "killed");
  await mkdir(join(data, "server.lock.taking"), { recursive: true });
  await writeFile(join(data, "server.lock"), "999999999 1");
  const before = new Date(Date.now() - 60_000);
  await utimes(join(data, "server.lock.taking"), before, before);
  await (await lockFolder(data)).release();
});
