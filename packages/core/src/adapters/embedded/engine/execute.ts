import { setMaxListeners } from "node:events";
import { invalid, type Json } from "../../../kernel/index.ts";
import type { LanguageName, Machine } from "./definition.ts";
import type { Effects, Recorded } from "./effects.ts";
import { Aborted, Failure, TIMEOUT } from "./failure.ts";
import { type HistoryEvent, openHistory, type Trail } from "./history.ts";
import { walk } from "./interpreter.ts";
import { isTooLarge } from "./limits.ts";
import { type Child, executionArn, type ExecutionResult, type Identity, type Run } from "./run.ts";

export interface Execution {
  readonly machine: Machine;
  readonly input: Json;
  readonly identity: Identity;
  readonly effects: Effects;
  /** Random values, names and tokens come from it; keep it secret and with the execution. */
  readonly seed: string;
  /** How many iterations of a Map run at once at the most, whatever the definition says. Default: as it says. */
  readonly mostAtOnce?: number;
  /** Told every event of this execution as it happens; after a crash all of them again. */
  readonly onEvent?: (event: HistoryEvent) => void;
  /** Told every event of the children of its distributed Maps. */
  readonly onChildEvent?: (child: Identity, event: HistoryEvent) => void;
  /** When it was redriven: the events that tell it. */
  readonly redrives?: readonly Recorded[];
  /** Ends the execution as ABORTED. */
  readonly signal?: AbortSignal;
}

interface Nested {
  readonly path: string;
  readonly language: LanguageName;
}

type Ending = Pick<ExecutionResult, "status" | "output" | "error" | "cause">;

const LAST_EVENTS: Readonly<Record<ExecutionResult["status"], string>> = {
  SUCCEEDED: "ExecutionSucceeded",
  FAILED: "ExecutionFailed",
  TIMED_OUT: "ExecutionTimedOut",
  ABORTED: "ExecutionAborted",
};

const endingOf = (error: unknown): Ending => {
  if (error instanceof Aborted) return { status: "ABORTED", output: undefined, error: null, cause: null };
  if (!(error instanceof Failure)) throw error;
  return { status: "FAILED", output: undefined, error: error.error, cause: error.reason };
};

/** Runs to the end, or until the machine's own time is over. */
const runInTime = async (
  run: Run,
  machine: Machine,
  { path, language }: Nested,
  trail: Trail,
  parent: AbortSignal,
): Promise<Ending> => {
  const own = new AbortController();
  const signal = AbortSignal.any([parent, own.signal]);
  setMaxListeners(0, signal);
  const scope = { run, path, language, variables: {}, map: undefined, isNested: false, trail, signal };
  const work = walk(machine, run.input, scope).then((output): Ending => {
    return { status: "SUCCEEDED", output, error: null, cause: null };
  }, endingOf);
  if (machine.TimeoutSeconds === undefined) return work;
  const end = (run.redrives.at(-1)?.at ?? run.startedAt) + machine.TimeoutSeconds * 1000;
  const timeout = run.effects.timer.sleepUntil(end, signal).then(
    (): Ending => ({ status: "TIMED_OUT", output: undefined, error: TIMEOUT, cause: null }),
    () => work,
  );
  try {
    return await Promise.race([work, timeout]);
  } finally {
    own.abort();
    // What was stopped ends before the execution does.
    await work;
  }
};

const executeNested = async (execution: Execution, nested: Nested): Promise<ExecutionResult> => {
  const { machine, input, identity, effects, seed, mostAtOnce = Infinity, redrives = [] } = execution;
  const { timer, journal } = effects;
  // Events of its children are histories of their own.
  const onEvent =
    nested.path === "" ? execution.onEvent : (event: HistoryEvent) => execution.onChildEvent?.(identity, event);
  const history = openHistory(journal, timer, onEvent);
  const startChild = async ({ path, language, ...child }: Child): Promise<ExecutionResult> => {
    const own = { ...effects, journal: await journal.child(path) };
    return executeNested({ ...execution, ...child, effects: own }, { path, language });
  };
  const trail: Trail = { last: 0 };
  const started = { input, roleArn: identity.roleArn };
  const { at } = history.add(trail, `${nested.path}/ExecutionStarted`, "ExecutionStarted", undefined, started);
  const run: Run = { effects, history, identity, input, startedAt: at, redrives, seed, mostAtOnce, walk, startChild };
  const signal = execution.signal ?? new AbortController().signal;
  const ending = await runInTime(run, machine, nested, trail, signal);
  const { status, output, error, cause } = ending;
  const details = output === undefined ? { error, cause } : { output };
  history.close(trail, `${nested.path}/ExecutionEnded@${redrives.length}`, LAST_EVENTS[status], details);
  return { ...ending, startedAt: at, stoppedAt: timer.now() };
};

/**
 * Runs an execution to its end, from where its journal has it. The end of a failed execution is a value, not an error. Throws a Problem of
 * kind invalid on a too large input; and what a task runner or a journal throws, which says nothing about the execution: run it again.
 */
export const execute = async (execution: Execution): Promise<ExecutionResult> => {
  if (isTooLarge(execution.input)) throw invalid("input", "is larger than 256 KiB; pass large data by reference");
  return executeNested(execution, { path: "", language: execution.machine.QueryLanguage ?? "JSONPath" });
};

export interface EndedExecution extends ExecutionResult {
  readonly history: readonly HistoryEvent[];
}

/** The same, with its events. They are all held in memory. */
export const executeTold = async (execution: Execution): Promise<EndedExecution> => {
  const history: HistoryEvent[] = [];
  const onEvent = (event: HistoryEvent): void => {
    history.push(event);
    execution.onEvent?.(event);
  };
  return { ...(await execute({ ...execution, onEvent })), history };
};

/** Names of an execution in an AWS account, or what stands for one. */
export const identityOf = (names: {
  readonly region: string;
  readonly account: string;
  readonly machineName: string;
  readonly executionName: string;
  readonly roleArn: string;
  readonly type: Identity["type"];
}): Identity => {
  const base = `arn:aws:states:${names.region}:${names.account}`;
  return {
    executionArn: executionArn(base, names.type, names.machineName, names.executionName, names.executionName),
    executionName: names.executionName,
    machineArn: `${base}:stateMachine:${names.machineName}`,
    machineName: names.machineName,
    roleArn: names.roleArn,
    type: names.type,
  };
};
