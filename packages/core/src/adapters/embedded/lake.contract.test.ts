import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { place } from "../../../testing/database.ts";
import { lakeContract, type LakeWorld } from "../../../testing/lake-contract.ts";
import { openLake } from "./lake.ts";

let folder: string;
let world: LakeWorld;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-lake-"));
  world = {
    lake: await openLake(join(folder, "spill")),
    raw: (name, content) => place(folder, name, content),
    keep: async (path) => path,
    scratch: async (suffix) => join(folder, `${randomUUID()}${suffix}`),
  };
});
afterAll(async () => {
  await world.lake.close();
  await rm(folder, { recursive: true, force: true });
});

lakeContract(() => world);
