import { randomUUID } from "node:crypto";
import { invalid, type Json, missing, numberAfter, pageOf, pageRequest } from "../../kernel/index.ts";
import type {
  Database,
  ExecutionDetail,
  ExecutionEvent,
  ExecutionSummary,
  PageOf,
  Tx,
  Workflows,
} from "../../ports/index.ts";
import { type ChildPlace, childPlace, describeChild, listChildren } from "./engine/durable/children.ts";
import { type Definitions, readDefinitions } from "./engine/durable/definitions.ts";
import type { Workshop } from "./engine/durable/driver.ts";
import {
  abortExecution,
  type ExecutionRow,
  findByArn,
  inDatabase,
  listEvents,
  listExecutions,
} from "./engine/durable/executions.ts";
import { filesObjects, type ObjectFiles } from "./engine/durable/objects.ts";
import { removeJournals } from "./engine/durable/remove-journals.ts";
import { redriveExecution } from "./engine/durable/redrive.ts";
import { type Runner, type RunnerSettings, startRunner } from "./engine/durable/runner.ts";
import { startExecution } from "./engine/durable/start.ts";
import type { TaskFunction } from "./engine/durable/tasks.ts";
import { answerToken, beatToken } from "./engine/durable/tokens.ts";
import { openWriter } from "./engine/durable/writer.ts";
import type { Timer } from "./engine/effects.ts";
import { isTooLarge } from "./engine/limits.ts";
import { wallTimer } from "./engine/timers.ts";

export interface WorkflowsOptions {
  readonly database: Database;
  /** The bucket `files` of item readers and result writers. */
  readonly files: ObjectFiles;
  /** Definitions by machine, with `${task:NAME}`, `${machine:NAME}` and `${bucket:NAME}`. */
  readonly machines: Readonly<Record<string, unknown>>;
  readonly timer?: Timer;
  /** An execution that has to wait longer than this, in milliseconds, leaves memory until then. */
  readonly parkAfterMs?: number;
  /** How many iterations of a Map run at once at the most. */
  readonly mostAtOnce?: number;
  /** Whether no other server works on this database: then what a killed one held is free at once, not when its lease ends. */
  readonly isAlone?: boolean;
  readonly runner?: Partial<Omit<RunnerSettings, "isAlone">>;
}

/** State machines on this machine. Started executions wait in the database until `run`. */
export interface EmbeddedWorkflows extends Workflows {
  /**
   * Runs executions, also those that a dead process left, with the functions of their tasks by name. Once. `onError` is told what keeps it
   * from going on; the ARN is empty where that is no single execution.
   */
  run(functions: Readonly<Record<string, TaskFunction>>, onError: (executionArn: string, error: unknown) => void): void;
  /** Ends the work at hand; the rest waits in the database. */
  close(): Promise<void>;
}

const PARK_AFTER_MS = 10_000;
const MOST_AT_ONCE = 100;
const RUNNER = { leaseMs: 30_000, pollMs: 1_000, mostLoaded: 100 };

const summaryOf = (row: ExecutionRow): ExecutionSummary => ({
  executionArn: row.executionArn,
  machine: row.machine,
  name: row.name,
  status: row.status,
  startedAt: row.startedAt,
  stoppedAt: row.stoppedAt ?? undefined,
  redriveCount: row.redriveCount,
});

const detailOf = (row: ExecutionRow): ExecutionDetail => ({
  ...summaryOf(row),
  input: JSON.parse(row.input) as Json,
  output: row.output === null ? undefined : (JSON.parse(row.output) as Json),
  error: row.error ?? undefined,
  cause: row.cause ?? undefined,
  definition: JSON.parse(row.definition) as Json,
});

const eventOf = (row: Awaited<ReturnType<typeof listEvents>>[number]): ExecutionEvent => ({
  id: row.eventId,
  previousId: row.previousId,
  type: row.type,
  at: row.at,
  state: row.state ?? undefined,
  details: JSON.parse(row.details) as Readonly<Record<string, Json>>,
});

const found = async (tx: Tx, executionArn: string): Promise<ExecutionRow> => {
  const row = await findByArn(tx, executionArn);
  if (row === undefined) throw missing("execution", executionArn);
  return row;
};

/** Where the events of an execution are, or of a child of its Maps. Throws a missing Problem. */
const placeOf = async (tx: Tx, executionArn: string): Promise<ChildPlace> =>
  childPlace(executionArn) ?? { executionNo: (await found(tx, executionArn)).executionNo, scope: "" };

type Reading = Pick<Workflows, "describe" | "history" | "list" | "children">;

/** What only reads. */
const reading = (database: Database, definitions: Definitions): Reading => ({
  describe: (executionArn) =>
    inDatabase(database, async (tx) => {
      const place = childPlace(executionArn);
      return place === undefined ? detailOf(await found(tx, executionArn)) : describeChild(tx, place);
    }),
  history: async (executionArn, { size, token, newestFirst = false }): Promise<PageOf<ExecutionEvent>> => {
    const request = pageRequest(size, token);
    const after = numberAfter(request);
    const rows = await inDatabase(database, async (tx) => {
      const position = after === undefined ? undefined : Number(after);
      return listEvents(tx, await placeOf(tx, executionArn), { after: position, limit: size + 1, newestFirst });
    });
    const page = pageOf(rows, request, (row) => String(row.eventId));
    return { rows: page.rows.map(eventOf), nextToken: page.nextToken };
  },
  list: async ({ machine, status, size, token }): Promise<PageOf<ExecutionSummary>> => {
    definitions.of(machine);
    const request = pageRequest(size, token);
    const before = numberAfter(request);
    const rows = await inDatabase(database, (tx) => listExecutions(tx, { machine, status, before, limit: size + 1 }));
    const page = pageOf(rows, request, (row) => String(row.executionNo));
    return { rows: page.rows.map(summaryOf), nextToken: page.nextToken };
  },
  children: async (executionArn, { status, size, token }): Promise<PageOf<ExecutionSummary>> => {
    const request = pageRequest(size, token);
    const rows = await inDatabase(database, async (tx) => {
      if (childPlace(executionArn) !== undefined) return [];
      const parent = await found(tx, executionArn);
      return listChildren(tx, parent, { status, after: request.after, limit: size + 1 });
    });
    const page = pageOf(rows, request, (row) => row.scope);
    return { rows: page.rows.map((row) => row.summary), nextToken: page.nextToken };
  },
});

/** What changes something; `told` is called afterwards, so that it is gone on with at once. */
const changing = (
  database: Database,
  definitions: Definitions,
  now: () => Date,
  told: () => void,
): Omit<Workflows, keyof Reading> => {
  const changed = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    told();
    return result;
  };
  return {
    start: async (request) => {
      const row = await changed(inDatabase(database, (tx) => startExecution(tx, definitions, request, now())));
      return { executionArn: row.executionArn, startedAt: row.startedAt };
    },
    succeed: async (taskToken, output) => {
      if (isTooLarge(output)) throw invalid("output", "is larger than 256 KiB; pass large data by reference");
      await changed(answerToken(database, taskToken, now(), { output }));
    },
    fail: (taskToken, { error, cause }) => changed(answerToken(database, taskToken, now(), { error, cause })),
    heartbeat: (taskToken) => changed(beatToken(database, taskToken, now())),
    removeJournals: async (endedBefore) => ({ executions: await removeJournals(database, endedBefore, now()) }),
    stop: async (executionArn, reason) => {
      const row = await changed(inDatabase(database, (tx) => abortExecution(tx, executionArn, reason, now())));
      if (row === undefined) throw missing("execution", executionArn);
      return { stoppedAt: row.stoppedAt ?? now() };
    },
    redrive: async (executionArn) => {
      const redrivenAt = now();
      await changed(inDatabase(database, (tx) => redriveExecution(tx, executionArn, redrivenAt)));
      return { redrivenAt };
    },
  };
};

/** Opens the state machines of this machine. Throws an invalid Problem that names the machine and the place in its definition. */
export const openWorkflows = (options: WorkflowsOptions): EmbeddedWorkflows => {
  const { database, files, timer = wallTimer } = options;
  const definitions = readDefinitions(options.machines);
  let runner: Runner | undefined;
  const poke = (): void => runner?.poke();
  const run: EmbeddedWorkflows["run"] = (functions, onError) => {
    const name = randomUUID();
    const lose = (executionNo: number, error?: unknown): void => {
      if (error !== undefined) onError("", error);
      runner?.lose(executionNo);
    };
    const workshop: Workshop = {
      database,
      timer,
      runner: name,
      writer: openWriter(database, name, lose),
      definitions,
      functions,
      objects: filesObjects(files),
      parkAfterMs: options.parkAfterMs ?? PARK_AFTER_MS,
      mostAtOnce: options.mostAtOnce ?? MOST_AT_ONCE,
      onError,
      poke,
    };
    runner = startRunner(workshop, { ...RUNNER, ...options.runner, isAlone: options.isAlone ?? false });
  };
  return {
    ...reading(database, definitions),
    ...changing(database, definitions, () => new Date(timer.now()), poke),
    run,
    close: async () => {
      await runner?.stop();
      runner = undefined;
    },
  };
};
