import { setMaxListeners } from "node:events";
import { invalid, type Json } from "../../../kernel/index.ts";
import type { LanguageName, Machine } from "./definition.ts";
import type { Effects } from "./effects.ts";
import { Aborted, Failure, TIMEOUT } from "./failure.ts";
import { type DetailedEvent, type HistoryEvent, openHistory } from "./history.ts";
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
  readonly onEvent?: (event: DetailedEvent) => void;
  /** Ends the execution as ABORTED. */
  readonly signal?: AbortSignal;
}

export interface EndedExecution extends ExecutionResult {
  readonly history: readonly HistoryEvent[];
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
  parent: AbortSignal,
): Promise<Ending> => {
  const own = new AbortController();
  const signal = AbortSignal.any([parent, own.signal]);
  setMaxListeners(0, signal);
  const scope = { run, path, language, variables: {}, map: undefined, isNested: false, signal };
  const work = walk(machine, run.input, scope).then((output): Ending => {
    return { status: "SUCCEEDED", output, error: null, cause: null };
  }, endingOf);
  if (machine.TimeoutSeconds === undefined) return work;
  const end = run.startedAt + machine.TimeoutSeconds * 1000;
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

const executeNested = async (execution: Execution, nested: Nested): Promise<EndedExecution> => {
  const { machine, input, identity, effects, seed, mostAtOnce = Infinity } = execution;
  const { timer, journal } = effects;
  const startedAt = await journal.once(`${nested.path}/started`, async () => timer.now());
  // Events of its children are histories of their own.
  const history = openHistory(() => timer.now(), nested.path === "" ? execution.onEvent : undefined);
  const startChild = (child: Child): Promise<ExecutionResult> =>
    executeNested({ ...execution, ...child }, { path: child.path, language: child.language });
  const run: Run = { effects, history, identity, input, startedAt, seed, mostAtOnce, walk, startChild };
  history.add("ExecutionStarted", undefined, { input, roleArn: identity.roleArn });
  const signal = execution.signal ?? new AbortController().signal;
  const ending = await runInTime(run, machine, nested, signal);
  const { output, error, cause } = ending;
  history.close(LAST_EVENTS[ending.status], output === undefined ? { error, cause } : { output });
  return { ...ending, startedAt, stoppedAt: timer.now(), history: history.events };
};

/**
 * Runs an execution to its end, from where its journal has it. The end of a failed execution is a value, not an error. Throws a Problem of
 * kind invalid on a too large input; and what a task runner or a journal throws, which says nothing about the execution: run it again.
 */
export const execute = async (execution: Execution): Promise<EndedExecution> => {
  if (isTooLarge(execution.input)) throw invalid("input", "is larger than 256 KiB; pass large data by reference");
  return executeNested(execution, { path: "", language: execution.machine.QueryLanguage ?? "JSONPath" });
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
