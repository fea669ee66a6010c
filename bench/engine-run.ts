/** One measurement of the engine in a process of its own: `memory`, `peer`, or `durable` and `map` with a database. */
import { execute, identityOf } from "@commops/core/adapters/embedded/engine/execute.ts";
import { parseMachine } from "@commops/core/adapters/embedded/engine/definition.ts";
import { memoryJournal } from "@commops/core/adapters/embedded/engine/memory-journal.ts";
import { memoryObjects } from "@commops/core/adapters/embedded/engine/memory-objects.ts";
import { wallTimer } from "@commops/core/adapters/embedded/engine/timers.ts";
import { openEmbedded } from "@commops/core/adapters/embedded/database.ts";
import { openWorkflows } from "@commops/core/adapters/embedded/workflows.ts";
import { openPostgres } from "@commops/core/adapters/postgres/database.ts";
import type { Database } from "@commops/core/ports";
import { bareInserts } from "@commops/core/testing/engine-rows.ts";
import { memoryFiles } from "@commops/core/testing/files.ts";
import { StateMachine } from "aws-local-stepfunctions";
import { loop, ROUNDS, STATES_A_ROUND, wide } from "./engine-machines.ts";
import { measured, peakMemory, report } from "./measure.ts";

const [kind = "", place = "", size = "1"] = process.argv.slice(2);
const count = Number(size);

const identity = identityOf({
  region: "local",
  account: "000000000000",
  machineName: "bench",
  executionName: "bench",
  roleArn: "role",
  type: "STANDARD",
});

const inMemory = async (): Promise<void> => {
  for (let run = 0; run < count; run += 1) {
    const ended = await execute({
      machine: parseMachine(loop),
      input: { n: 0 },
      identity,
      effects: {
        journal: memoryJournal(),
        tasks: {
          invoke: async (call) => ({ output: call.parameters }),
          answer: async () => ({ output: null }),
        },
        timer: wallTimer,
        objects: memoryObjects(),
      },
      seed: "bench",
    });
    if (ended.status !== "SUCCEEDED") throw new Error(`${ended.error}: ${ended.cause}`);
  }
};

const peer = async (): Promise<void> => {
  const machine = new StateMachine(loop as never);
  for (let run = 0; run < count; run += 1) {
    const options = { overrides: { taskResourceLocalHandlers: { Work: async (input: unknown) => input as never } } };
    await machine.run({ n: 0 }, options).result;
  }
};

/** A database that counts its transactions. */
const counting = (database: Database) => {
  const counted = { transactions: 0 };
  const transaction: Database["transaction"] = (scope, work) => {
    counted.transactions += 1;
    return database.transaction(scope, work);
  };
  return { counted, database: { ...database, transaction } };
};

const runAll = async (database: Database, machine: object, executions: number): Promise<void> => {
  const options = { database, files: memoryFiles(), machines: { bench: machine } };
  const workflows = openWorkflows({ ...options, isAlone: true, runner: { pollMs: 50 } });
  const starts = Array.from({ length: executions }, (_, index) =>
    workflows.start({ machine: "bench", name: `run-${process.pid}-${index}`, input: { n: 0 } }),
  );
  const started = await Promise.all(starts);
  workflows.run({ work: (payload) => payload }, (_, error) => {
    throw error;
  });
  for (const { executionArn } of started)
    for (;;) {
      const { status } = await workflows.describe(executionArn);
      if (status === "SUCCEEDED") break;
      if (status !== "RUNNING") throw new Error(`the execution is ${status}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  await workflows.close();
};

const onDatabase = async (work: (database: Database) => Promise<object>): Promise<object> => {
  const database = place.startsWith("postgres") ? await openPostgres(place) : await openEmbedded({ folder: place });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
};

const KINDS: Readonly<Record<string, () => Promise<object>>> = {
  memory: async () => (await measured(inMemory)).measure,
  peer: async () => (await measured(peer)).measure,
  durable: () =>
    onDatabase(async (plain) => {
      const { counted, database } = counting(plain);
      const { measure } = await measured(() => runAll(database, loop, count));
      const bare = await measured(await bareInserts(plain, counted.transactions));
      return { ...measure, bare: bare.measure.wall, transactions: counted.transactions };
    }),
  map: () => onDatabase(async (database) => (await measured(() => runAll(database, wide(count), 1))).measure),
};

const figures = await KINDS[kind]?.();
report({ ...figures, transitions: count * ROUNDS * STATES_A_ROUND, peak: peakMemory() });
