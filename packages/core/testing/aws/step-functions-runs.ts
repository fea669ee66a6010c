import { randomUUID } from "node:crypto";
import { parseMachine } from "../../src/adapters/embedded/engine/definition.ts";
import type { TaskOutcome, TaskRunner } from "../../src/adapters/embedded/engine/effects.ts";
import { execute, identityOf } from "../../src/adapters/embedded/engine/execute.ts";
import { Aborted } from "../../src/adapters/embedded/engine/failure.ts";
import type { HistoryEvent } from "../../src/adapters/embedded/engine/history.ts";
import type { Identity } from "../../src/adapters/embedded/engine/run.ts";
import { memoryJournal } from "../../src/adapters/embedded/engine/memory-journal.ts";
import { memoryObjects } from "../../src/adapters/embedded/engine/memory-objects.ts";
import { wallTimer } from "../../src/adapters/embedded/engine/timers.ts";
import type { Json } from "../../src/kernel/index.ts";
import type { TaskFunction } from "../workflows-contract/machines.ts";

export const REGION = "eu-central-1";
export const ACCOUNT = "000000000000";

/** An execution as the service keeps it. */
export interface KeptExecution {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly input: string;
  readonly definition: string;
  readonly startedAt: number;
  readonly journal: Map<string, Json>;
  readonly events: Omit<HistoryEvent, "previousId">[];
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  stoppedAt: number | undefined;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  redrives: number;
  redrivenAt: number | undefined;
  seed: string;
  stop: AbortController;
  /** Where this run of the interpreter failed, to be done again by a redrive. */
  failedAt: string | undefined;
  /** What the runs of its distributed Maps made, by the label of the Map. */
  readonly children: Map<string, KeptExecution[]>;
}

interface PendingToken {
  readonly answered: Promise<TaskOutcome>;
  answer(outcome: TaskOutcome): void;
  heard: (at: number) => void;
  isOpen: boolean;
}

/** Tokens that the service gave out, open and closed ones. */
export type Tokens = Map<string, PendingToken>;

const fields = (value: Json): Readonly<Record<string, Json | undefined>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json | undefined>>)
    : {};

/** Calls a function as Lambda does: what it throws is an error of its name with the message in a JSON cause. */
const called = async (
  tasks: Readonly<Record<string, TaskFunction>>,
  arn: string,
  input: Json,
): Promise<TaskOutcome> => {
  const run = tasks[arn.split(":").at(-1) ?? ""];
  if (run === undefined) return { error: "Lambda.ResourceNotFoundException", cause: `Function not found: ${arn}` };
  try {
    return { output: await run(input) };
  } catch (error) {
    const [errorType, errorMessage] = error instanceof Error ? [error.name, error.message] : ["Error", String(error)];
    return { error: errorType, cause: JSON.stringify({ errorType, errorMessage, trace: [] }) };
  }
};

const pending = (): PendingToken => {
  const { promise, resolve } = Promise.withResolvers<TaskOutcome>();
  return { answered: promise, answer: resolve, heard: () => {}, isOpen: true };
};

const taskRunner = (
  tasks: Readonly<Record<string, TaskFunction>>,
  tokens: Tokens,
  execution: KeptExecution,
): TaskRunner => ({
  invoke: async ({ resource, parameters, token, key }) => {
    if (token !== null) tokens.set(token, pending());
    const isInvoke = resource.includes(":states:::lambda:invoke");
    const { FunctionName = null, Payload = {} } = fields(parameters);
    const outcome = await called(
      tasks,
      isInvoke ? JSON.stringify(FunctionName).slice(1, -1) : resource,
      isInvoke ? Payload : parameters,
    );
    if ("error" in outcome) {
      execution.failedAt = key;
      return outcome;
    }
    return isInvoke ? { output: { ExecutedVersion: "$LATEST", Payload: outcome.output, StatusCode: 200 } } : outcome;
  },
  answer: async ({ token, key }, onHeartbeat, signal) => {
    execution.failedAt = key;
    const waiting = tokens.get(token ?? "");
    if (waiting === undefined) throw new Aborted();
    waiting.heard = onHeartbeat;
    const ended = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(new Aborted()), { once: true }),
    );
    try {
      return await Promise.race([waiting.answered, ended]);
    } finally {
      waiting.isOpen = false;
    }
  },
});

/** What the interpreter has done of the state that failed is forgotten; what succeeded before it stays. */
const forgetFailed = (execution: KeptExecution): void => {
  const state = execution.failedAt?.replace(/\/try\.\d+.*$/, "/");
  for (const key of execution.journal.keys())
    if (state !== undefined && key.startsWith(state) && !key.endsWith("/entered")) execution.journal.delete(key);
};

/** A new execution, not begun yet. */
export const openRun = (
  known: Pick<KeptExecution, "arn" | "machineArn" | "name" | "input" | "definition">,
): KeptExecution => ({
  ...known,
  startedAt: Date.now(),
  journal: new Map(),
  events: [],
  status: "RUNNING",
  stoppedAt: undefined,
  output: undefined,
  error: undefined,
  cause: undefined,
  redrives: 0,
  redrivenAt: undefined,
  seed: randomUUID(),
  stop: new AbortController(),
  failedAt: undefined,
  children: new Map(),
});

const CHILD_ENDS = {
  ExecutionSucceeded: "SUCCEEDED",
  ExecutionFailed: "FAILED",
  ExecutionTimedOut: "TIMED_OUT",
  ExecutionAborted: "ABORTED",
} as const;

/** Keeps what happens to a child of a Map as an execution of its own. */
const keepChild = ({ children, definition }: KeptExecution, identity: Identity, event: HistoryEvent): void => {
  const label = identity.machineName.split("/").at(-1) ?? "";
  const { executionArn: arn, machineArn, executionName: name } = identity;
  const input = JSON.stringify(event.details["input"] ?? null);
  const siblings = children.get(label) ?? [];
  const child = siblings.find((one) => one.arn === arn) ?? openRun({ arn, machineArn, name, input, definition });
  if (!siblings.includes(child)) children.set(label, [...siblings, child]);
  child.events.push(event);
  const end = Object.entries(CHILD_ENDS).find(([type]) => type === event.type);
  if (end === undefined) return;
  const { output, error = null, cause = null } = event.details;
  Object.assign(child, {
    status: end[1],
    stoppedAt: event.at,
    output: output === undefined ? undefined : JSON.stringify(output),
    error: error ?? undefined,
    cause: cause ?? undefined,
  });
};

/** Writes down what happens; a redriven run tells again what led to the state that failed. */
const writer = (execution: KeptExecution): ((event: HistoryEvent) => void) => {
  const { events, redrives } = execution;
  const { signal } = execution.stop;
  const known = redrives === 0 ? 0 : 1 + events.findLastIndex(({ type }) => type.endsWith("StateEntered"));
  if (redrives > 0)
    events.push({ id: events.length + 1, type: "ExecutionRedriven", at: Date.now(), state: null, details: {} });
  return (event) => {
    if (event.type.endsWith("StateEntered")) execution.failedAt = undefined;
    if (event.id > known && !signal.aborted) events.push({ ...event, id: events.length + 1 });
  };
};

/** Runs an execution in the background until it ends. */
export const runInBackground = (
  execution: KeptExecution,
  tasks: Readonly<Record<string, TaskFunction>>,
  tokens: Tokens,
): void => {
  const { signal } = execution.stop;
  const machineName = execution.machineArn.split(":").at(-1) ?? "";
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/${machineName}`;
  const names = { region: REGION, account: ACCOUNT, machineName, executionName: execution.name, roleArn };
  const end = (status: KeptExecution["status"], error: string | null, cause: string | null): void => {
    if (signal.aborted) return;
    const stoppedAt = execution.events.at(-1)?.at ?? Date.now();
    Object.assign(execution, { status, stoppedAt, error: error ?? undefined, cause: cause ?? undefined });
  };
  execute({
    machine: parseMachine(JSON.parse(execution.definition)),
    input: JSON.parse(execution.input) as Json,
    identity: identityOf({ ...names, type: "STANDARD" }),
    effects: {
      journal: memoryJournal(execution.journal),
      tasks: taskRunner(tasks, tokens, execution),
      timer: wallTimer,
      objects: memoryObjects(),
    },
    seed: execution.seed,
    signal,
    onEvent: writer(execution),
    onChildEvent: (child, event) => keepChild(execution, child, event),
  }).then(
    ({ status, output, error, cause }) => {
      execution.output = output === undefined ? undefined : JSON.stringify(output);
      end(status, error, cause);
    },
    (error: unknown) => end("FAILED", "States.Runtime", String(error)),
  );
};

/** Ends a running execution at once. */
export const stopRun = (
  execution: KeptExecution,
  reason: { error: string | undefined; cause: string | undefined },
): void => {
  execution.stop.abort();
  const at = Date.now();
  Object.assign(execution, { ...reason, status: "ABORTED", stoppedAt: at });
  const details = Object.fromEntries(Object.entries(reason).filter(([, value]) => value !== undefined));
  execution.events.push({ id: execution.events.length + 1, type: "ExecutionAborted", at, state: null, details });
};

/** Goes on with an execution that failed, was stopped or ran out of time; tasks that waited get tokens of their own. */
export const redriveRun = (
  execution: KeptExecution,
  ...services: [Readonly<Record<string, TaskFunction>>, Tokens]
): number => {
  const at = Date.now();
  forgetFailed(execution);
  const fresh = { status: "RUNNING", stoppedAt: undefined, error: undefined, cause: undefined, failedAt: undefined };
  Object.assign(execution, { ...fresh, redrives: execution.redrives + 1, redrivenAt: at, seed: randomUUID() });
  execution.stop = new AbortController();
  runInBackground(execution, ...services);
  return at;
};
