import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskFunction } from "@commops/core/adapters/embedded/engine/durable/tasks.ts";
import { openWorkflows } from "@commops/core/adapters/embedded/workflows.ts";
import { openPostgres } from "@commops/core/adapters/postgres/database.ts";
import type { Database } from "@commops/core/ports";
import { addEffect, countEffects, makeEffects, tokensOf } from "@commops/core/testing/effects.ts";
import { memoryFiles } from "@commops/core/testing/files.ts";
import { textOf } from "@commops/core/testing/tables.ts";
import { type Cluster, startCluster } from "../../tools/cluster.ts";

let cluster: Cluster;
let databases: [Database, Database];
beforeAll(async () => {
  cluster = await startCluster();
  databases = [await openPostgres(cluster.url, 4), await openPostgres(cluster.url, 4)];
  await makeEffects(databases[0]);
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await cluster.stop();
});

const LEASE_MS = 1_000;

const call = (effect: string, more: object): object => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: "${task:work}", Payload: { effect, ...more } },
  TimeoutSeconds: 300,
});

/** A task that is under way beside a token that is waited for, and a step after both. */
const machine = {
  QueryLanguage: "JSONata",
  StartAt: "Both",
  States: {
    Both: {
      Type: "Parallel",
      Branches: [
        { StartAt: "Work", States: { Work: { ...call("worked", {}), End: true } } },
        {
          StartAt: "Ask",
          States: {
            Ask: {
              ...call("asked", { token: "{% $states.context.Task.Token %}" }),
              Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
              End: true,
            },
          },
        },
      ],
      Next: "Finish",
    },
    Finish: { ...call("finished", {}), End: true },
  },
};

/** A door that holds up who comes while it is shut. */
const door = () => {
  let opened = Promise.withResolvers<void>();
  opened.resolve();
  return {
    pass: () => opened.promise,
    shut: () => void (opened = Promise.withResolvers<void>()),
    open: () => opened.resolve(),
  };
};
type Door = ReturnType<typeof door>;

interface Server {
  readonly workflows: ReturnType<typeof openWorkflows>;
  /** What its tasks came to. */
  readonly outcomes: string[];
  /** Between the engine and its database. */
  readonly line: Door;
  /** Within the task that works. */
  readonly work: Door;
}

const serve = (database: Database): Server => {
  const [line, work] = [door(), door()];
  const outcomes: string[] = [];
  const behind: Database = {
    ...database,
    transaction: async (scope, step) => {
      await line.pass();
      return database.transaction(scope, step);
    },
  };
  const perform: TaskFunction = async (payload, { progress }) => {
    const { effect, token } = payload as { effect: string; token?: string };
    outcomes.push(`${effect} begun`);
    if (effect === "worked") await work.pass();
    try {
      await database.transaction("operator", async (tx) => {
        await addEffect(tx, { run: "stolen", effect, token });
        await progress.keep(tx, "effect", effect);
      });
    } catch (error) {
      outcomes.push(`${effect} refused`);
      throw error;
    }
    outcomes.push(`${effect} done`);
    return effect;
  };
  const runner = { leaseMs: LEASE_MS, pollMs: 50, mostLoaded: 5 };
  const workflows = openWorkflows({ database: behind, files: memoryFiles(), machines: { stolen: machine }, runner });
  workflows.run({ work: perform }, () => {});
  return { workflows, outcomes, line, work };
};

const until = async (isSo: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  for (const end = Date.now() + 30_000; !(await isSo());) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(20);
  }
};

test("a server that was silent for longer than its lease writes nothing when it wakes: not its task's change, no step, no end, and no token", async () => {
  const [one, two] = databases;
  const silent = serve(one);
  silent.work.shut();
  const { executionArn } = await silent.workflows.start({ machine: "stolen", name: "run", input: {} });
  await until(
    () => silent.outcomes.includes("worked begun") && silent.outcomes.includes("asked done"),
    "both branches on the first server",
  );
  silent.line.shut();

  const other = serve(two);
  await until(() => other.outcomes.includes("worked done"), "the second server to take over");
  await sleep(2 * LEASE_MS);
  const state = () => textOf(two, ["workflow_journal", "workflow_event", "workflow_task_token", "counted_effect"]);
  const before = await state();

  silent.work.open();
  await until(() => silent.outcomes.includes("worked refused"), "the task of the silent server");
  await sleep(100);
  silent.line.open();
  await sleep(2 * LEASE_MS);
  expect(await state()).toBe(before);

  const [token = ""] = await tokensOf(two);
  await other.workflows.succeed(token, "yes");
  await until(
    async () => (await other.workflows.describe(executionArn)).status === "SUCCEEDED",
    "the end on the second server",
  );
  expect(Object.fromEntries(await countEffects(two))).toEqual({
    "stolen worked": 1,
    "stolen asked": 1,
    "stolen finished": 1,
  });
  expect(silent.outcomes).toEqual(["worked begun", "asked begun", "asked done", "worked refused"]);
  await Promise.all([silent.workflows.close(), other.workflows.close()]);
});
