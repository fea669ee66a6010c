import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { World } from "../src/record/index.ts";
import { type TestClock, testClock } from "./actors.ts";
import { noCostForecast } from "../src/adapters/embedded/cost-forecast.ts";
import { openFiles } from "../src/adapters/embedded/files.ts";
import { openLake } from "../src/adapters/embedded/lake.ts";
import { openDocuments } from "../src/adapters/pdf/documents.ts";
import { openVault } from "../src/adapters/embedded/vault.ts";
import { openWorkflows } from "../src/adapters/embedded/workflows.ts";
import { testDatabase } from "./database.ts";

export { actorOf, callAs, type TestClock } from "./actors.ts";

export interface TestWorld extends World {
  readonly clock: TestClock;
  readonly folder: string;
  close(): Promise<void>;
}

/** Every port with its embedded adapter, in a folder of its own. */
export const testWorld = async (start = "2026-07-10T08:00:00Z"): Promise<TestWorld> => {
  const folder = await mkdtemp(join(tmpdir(), "commops-test-"));
  const [database, lake] = await Promise.all([testDatabase(), openLake(join(folder, "lake"))]);
  const files = await openFiles(join(folder, "files"));
  return {
    database,
    lake,
    files,
    documents: openDocuments(),
    costForecast: noCostForecast,
    costSources: [],
    workflows: openWorkflows({ database, files, machines: {} }),
    vault: openVault(new Uint8Array(32).fill(7)),
    clock: testClock(start),
    folder,
    close: async () => {
      await lake.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
