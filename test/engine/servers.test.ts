import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskFunction } from "@commops/core/adapters/embedded/engine/durable/tasks.ts";
import { type EmbeddedWorkflows, openWorkflows } from "@commops/core/adapters/embedded/workflows.ts";
import { openPostgres } from "@commops/core/adapters/postgres/database.ts";
import { type Json, Problem } from "@commops/core/kernel";
import type { Database } from "@commops/core/ports";
import { addEffect, countEffects, faultsIn, makeEffects, tokensOf } from "@commops/core/testing/effects.ts";
import { memoryFiles } from "@commops/core/testing/files.ts";
import { type Cluster, startCluster } from "../../tools/cluster.ts";
import { answer } from "./answer.ts";
import { EFFECTS, machine } from "./machine.ts";

let cluster: Cluster;
let databases: Database[] = [];
beforeAll(async () => {
  cluster = await startCluster();
  databases = [await openPostgres(cluster.url, 4), await openPostgres(cluster.url, 4)];
  for (const database of databases.slice(0, 1)) await makeEffects(database);
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await cluster.stop();
});

interface Payload {
  readonly run: string;
  readonly effect: string;
  readonly fails?: number;
  readonly token?: string;
}

/** Writes an effect in the transaction of its journal row, and gives tokens to whoever answers. */
const work =
  (database: Database, done: string[]): TaskFunction =>
  async (payload, { progress }): Promise<Json> => {
    const { run, effect, fails = 0, token } = payload as unknown as Payload;
    if (fails > 0) throw Object.assign(new Error("try again"), { name: "Busy" });
    const before = progress.recall("effect");
    if (before === undefined)
      await database.transaction("operator", async (tx) => {
        await addEffect(tx, { run, effect, token });
        await progress.keep(tx, "effect", effect);
      });
    done.push(effect);
    return effect;
  };

interface Server {
  readonly workflows: EmbeddedWorkflows;
  /** Effects that this server did. */
  readonly done: string[];
  readonly errors: string[];
}

const serve = (database: Database): Server => {
  const [done, errors]: [string[], string[]] = [[], []];
  const runner = { leaseMs: 5_000, pollMs: 100, mostLoaded: 5 };
  const workflows = openWorkflows({ database, files: memoryFiles(), machines: { crash: machine }, runner });
  const task = work(database, done);
  workflows.run({ work: task, item: task, ask: task }, (_, error) => void errors.push(String(error)));
  return { workflows, done, errors };
};

/** Answers tokens until no execution runs; a database that is away is waited for. */
const untilAllEnded = async (database: Database, workflows: EmbeddedWorkflows): Promise<void> => {
  for (let tries = 0; tries < 600; tries += 1) {
    await sleep(100);
    try {
      for (const token of await tokensOf(database)) await answer(workflows, token);
      if ((await workflows.list({ machine: "crash", status: "RUNNING", size: 100 })).rows.length === 0) return;
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== "transient") throw error;
    }
  }
  throw new Error("some executions did not end within a minute");
};

/** Effects of runs that did not happen exactly once, and executions that did not succeed. */
const faults = async (database: Database, workflows: EmbeddedWorkflows, runs: readonly string[]): Promise<string[]> => {
  const { rows } = await workflows.list({ machine: "crash", size: 100 });
  return [
    ...faultsIn(await countEffects(database), runs, EFFECTS),
    ...rows.flatMap(({ name, status }) => (status === "SUCCEEDED" ? [] : [`${name}: ${status}`])),
  ];
};

test("two servers on one database share the executions and do each step once, also when one of them vanishes", async () => {
  const [one, two] = databases;
  if (one === undefined || two === undefined) throw new Error("two databases were opened");
  const [first, second] = [serve(one), serve(two)];
  const runs = Array.from({ length: 20 }, (_, index) => `shared-${index}`);
  await Promise.all(runs.map((name) => first.workflows.start({ machine: "crash", name, input: {} })));
  await sleep(1_500);
  await first.workflows.close();
  await untilAllEnded(two, second.workflows);
  await second.workflows.close();
  expect(await faults(two, second.workflows, runs)).toEqual([]);
  expect(Math.min(first.done.length, second.done.length)).toBeGreaterThan(0);
  expect(first.done.length + second.done.length).toBeGreaterThanOrEqual(runs.length * EFFECTS.length);
});

test("executions wait while the database is away, and lose and double nothing when it is back", async () => {
  const [database] = databases;
  if (database === undefined) throw new Error("a database was opened");
  const { workflows } = serve(database);
  const runs = Array.from({ length: 5 }, (_, index) => `lost-${index}`);
  for (const name of runs) await workflows.start({ machine: "crash", name, input: {} });
  for (let time = 0; time < 3; time += 1) {
    await sleep(700);
    await cluster.pause();
    await sleep(1_500);
    await cluster.resume();
  }
  await untilAllEnded(database, workflows);
  await workflows.close();
  expect(await faults(database, workflows, runs)).toEqual([]);
});
