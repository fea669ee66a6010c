import type { Json } from "../../../../kernel/index.ts";
import type { Database } from "../../../../ports/index.ts";
import { parseMachine } from "../definition.ts";
import type { ObjectStore, Timer } from "../effects.ts";
import { execute } from "../execute.ts";
import { type Activity, openActivity } from "./activity.ts";
import { type Definitions, identityFor } from "./definitions.ts";
import { endExecution, type ExecutionRow, inDatabase, releaseExecution } from "./executions.ts";
import { type Inbox, openInbox } from "./inbox.ts";
import { openJournal } from "./journal.ts";
import { durableTasks, type TaskFunction } from "./tasks.ts";
import { persistently, type Writer } from "./writer.ts";

/** What all executions of a server are run with. */
export interface Workshop {
  readonly database: Database;
  readonly timer: Timer;
  /** Names this server's process in leases. */
  readonly runner: string;
  readonly writer: Writer;
  readonly definitions: Definitions;
  readonly functions: Readonly<Record<string, TaskFunction>>;
  readonly objects: ObjectStore;
  /** An execution that has to wait longer than this, in milliseconds, leaves memory until then. */
  readonly parkAfterMs: number;
  /** How many iterations of a Map run at once at the most. */
  readonly mostAtOnce: number;
  readonly onError: (executionArn: string, error: unknown) => void;
  /** Called when there is something to be run. */
  readonly poke: () => void;
}

/** An execution in memory. */
export interface Driver {
  readonly executionNo: number;
  /** Looks what has come from outside, when the count of news has moved. */
  hear(news: number): void;
  /** Forgets it at once, where it is; what it was doing keeps nothing further. */
  drop(): void;
  /** Resolves when it has left memory: ended, parked, given back or dropped. */
  readonly left: Promise<void>;
  /** Resolves when nothing that it began is under way any more. */
  idle(): Promise<void>;
}

/** The last instant that any database knows. */
const LATEST = Date.UTC(9999, 11, 31);

/** How long an execution rests whose run broke for a reason of the engine's own, in milliseconds. */
const REST_MS = 30_000;

const run = async (workshop: Workshop, row: ExecutionRow, activity: Activity, inbox: Inbox): Promise<void> => {
  const { database, writer, timer, runner, functions, definitions, objects, mostAtOnce } = workshop;
  const { executionNo, executionArn } = row;
  const journal = await persistently(() => openJournal({ database, executionNo, writer, activity }));
  const tasks = durableTasks({
    database,
    runner,
    executionNo,
    executionArn,
    functions,
    definitions,
    writer,
    activity,
    inbox,
    now: () => new Date(timer.now()),
    isFresh: !journal.isResumed,
    poke: workshop.poke,
  });
  const result = await execute({
    machine: parseMachine(JSON.parse(row.definition)),
    input: JSON.parse(row.input) as Json,
    identity: identityFor(row.machine, row.name),
    effects: { journal, tasks, timer: activity.timer, objects: busyObjects(objects, activity, writer.settled) },
    seed: row.seed,
    mostAtOnce,
    redrives: journal.redrives,
  });
  await writer.settled();
  await activity.unlessDropped(undefined);
  await persistently(() => inDatabase(database, (tx) => endExecution(tx, runner, executionNo, result)));
  activity.drop();
};

const busyObjects = (
  objects: ObjectStore,
  { busy, unlessDropped }: Activity,
  settled: () => Promise<void>,
): ObjectStore => ({
  read: (bucket, key) => busy(objects.read(bucket, key)),
  list: (bucket, prefix) => busy(objects.list(bucket, prefix)),
  write: async (bucket, key, content) => {
    // What it is made of is kept before it is written, and a server that lost the execution writes none.
    await busy(settled());
    await unlessDropped(undefined);
    return busy(objects.write(bucket, key, content));
  },
});

/** Takes up an execution that its runner has claimed. */
export const drive = (workshop: Workshop, row: ExecutionRow): Driver => {
  const { database, writer, timer, runner, parkAfterMs } = workshop;
  const { executionNo } = row;
  let { news } = row;
  let isParking = false;
  const rest = async (error: unknown): Promise<void> => {
    workshop.onError(row.executionArn, error);
    activity.drop();
    const again = new Date(timer.now() + REST_MS);
    await inDatabase(database, (tx) => releaseExecution(tx, runner, { executionNo }, again)).catch(() => false);
  };
  /** Leaves memory until a time. Where something has come from outside it stays, until it has heard of it. */
  const park = async (wakeAt: number): Promise<void> => {
    await writer.settled();
    const until = new Date(Math.min(wakeAt, LATEST));
    const isParked = await persistently(() =>
      inDatabase(database, (tx) => releaseExecution(tx, runner, { executionNo, news }, until)),
    );
    if (isParked) activity.drop();
    else workshop.poke();
  };
  const activity = openActivity(timer, writer.settled, (wakeAt) => {
    if (isParking || wakeAt - timer.now() <= parkAfterMs) return;
    isParking = true;
    activity.busy(park(wakeAt)).catch(rest);
  });
  const inbox = openInbox(database, activity, (error) => {
    rest(error).catch(() => {});
  });
  const ended = run(workshop, row, activity, inbox).catch(rest);
  return {
    executionNo,
    left: Promise.race([ended, activity.dropped]),
    drop: activity.drop,
    idle: activity.idle,
    hear: (count) => {
      if (count === news) return;
      news = count;
      isParking = false;
      inbox.refresh().catch(rest);
    },
  };
};
