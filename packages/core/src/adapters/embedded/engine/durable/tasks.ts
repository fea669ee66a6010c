import { type Json, Problem, sha256 } from "../../../../kernel/index.ts";
import type { TaskProgress } from "../../../../ports/index.ts";
import { ALREADY_STARTED, errorNameOf } from "../../../../workflows/index.ts";
import { isDatabaseLoss } from "../../../postgres/scoped.ts";
import type { TaskCall, TaskOutcome, TaskRunner } from "../effects.ts";
import { Aborted, Failure } from "../failure.ts";
import { isObject } from "../json.ts";
import { checkSize } from "../limits.ts";
import type { Activity } from "./activity.ts";
import { type Definitions, identityFor, machineNamed, taskNamed } from "./definitions.ts";
import type { ExecutionRow } from "./executions.ts";
import type { Inbox } from "./inbox.ts";
import { openProgress, type Running } from "./progress.ts";
import { type StartRequest, startExecution } from "./start.ts";
import { expireToken } from "./tokens.ts";
import { persistently, type Writer } from "./writer.ts";

/** What a task's function may use. */
export interface TaskContext {
  readonly executionArn: string;
  readonly progress: TaskProgress;
  /** Ends when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Does a task's work. What it throws fails the task: a Problem under the name of its kind, any other error under its own. */
export type TaskFunction = (payload: Json, context: TaskContext) => Promise<Json> | Json;

/** What the tasks of one execution work with. */
export interface TaskSetting extends Running {
  readonly executionArn: string;
  readonly functions: Readonly<Record<string, TaskFunction>>;
  readonly definitions: Definitions;
  readonly writer: Writer;
  readonly activity: Activity;
  readonly inbox: Inbox;
  readonly now: () => Date;
  /** Whether nothing had been done before it was taken up. */
  readonly isFresh: boolean;
  /** Called when there is something to be run. */
  readonly poke: () => void;
}

const LAMBDA = /^arn:[^:]*:lambda:/;
const INVOKE = /:states:::lambda:invoke(\.waitForTaskToken)?$/;
const START = /:states:::states:startExecution(\.sync(:2)?|\.waitForTaskToken)?$/;

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

const plain = (value: Json | undefined): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;

/** An error as Lambda tells it: its name, and a cause in JSON. */
const failed = (error: unknown): TaskOutcome => {
  const [errorType, errorMessage] =
    error instanceof Problem
      ? [errorNameOf(error.kind), error.message]
      : error instanceof Error
        ? [error.name, error.message]
        : ["Error", String(error)];
  return { error: errorType, cause: JSON.stringify({ errorType, errorMessage, trace: [] }) };
};

/** Calls a function; one that failed because the database was away is called again when it is back, as after a crash. */
const called = async (
  setting: TaskSetting,
  call: TaskCall,
  arn: string,
  payload: Json,
  signal: AbortSignal,
): Promise<TaskOutcome> => {
  const run = Object.hasOwn(setting.functions, taskNamed(arn)) ? setting.functions[taskNamed(arn)] : undefined;
  if (run === undefined) return { error: "Lambda.ResourceNotFoundException", cause: `Function not found: ${arn}` };
  const { database, executionArn } = setting;
  for (let isFresh = setting.isFresh; ; isFresh = false) {
    const progress = await persistently(() => openProgress(setting, call.key, isFresh));
    try {
      return { output: plain(await run(payload, { executionArn, progress, signal })) };
    } catch (error) {
      if (!isDatabaseLoss(error)) return failed(error);
      await persistently(() => database.transaction("operator", async () => true));
    }
  }
};

const startFailure = (error: unknown): TaskOutcome => {
  if (!(error instanceof Problem)) throw error;
  const names: Readonly<Record<string, string>> = {
    exists: ALREADY_STARTED,
    missing: "StepFunctions.StateMachineDoesNotExistException",
    invalid: "StepFunctions.ValidationException",
  };
  return { error: names[error.kind] ?? errorNameOf(error.kind), cause: error.message };
};

/** Which execution a call starts; without a name it has one of its own. */
const requested = ({ executionArn }: TaskSetting, { key, parameters }: TaskCall): StartRequest => {
  const { StateMachineArn, Name = null, Input = {} } = isObject(parameters) ? parameters : {};
  return {
    machine: machineNamed(textOf(StateMachineArn)),
    name: typeof Name === "string" ? Name : sha256(`${executionArn}${key}`).slice(0, 32),
    input: typeof Input === "string" ? (JSON.parse(Input) as Json) : Input,
  };
};

/** Starts another machine; that it did is kept in the same transaction, so that an execution that has ended meanwhile is not missed. */
const started = async (setting: TaskSetting, call: TaskCall): Promise<TaskOutcome> => {
  const { machine, name, input } = requested(setting, call);
  const awaitedBy = call.isAwaited && call.token === null ? setting.executionNo : undefined;
  const progress = await persistently(() => openProgress(setting, call.key, setting.isFresh));
  const before = progress.recall("start");
  if (before !== undefined) return { output: before.result };
  try {
    const outcome = await persistently(() =>
      setting.database.transaction("operator", async (tx): Promise<TaskOutcome> => {
        const row = await startExecution(tx, setting.definitions, { machine, name, input, awaitedBy }, setting.now());
        const output = { ExecutionArn: row.executionArn, StartDate: row.startedAt.toISOString() };
        await progress.keep(tx, "start", output);
        return { output };
      }),
    );
    setting.poke();
    return outcome;
  } catch (error) {
    return startFailure(error);
  }
};

/** The end of an execution that was waited for, as the API describes it. With `.sync:2` the output is JSON, with `.sync` its text. */
const described = (row: ExecutionRow, isJson: boolean): TaskOutcome => {
  const value = (text: string | null): Json => (isJson && text !== null ? (JSON.parse(text) as Json) : text);
  const description = {
    ExecutionArn: row.executionArn,
    Input: value(row.input),
    Name: row.name,
    StartDate: row.startedAt.toISOString(),
    Status: row.status,
    StopDate: row.stoppedAt?.toISOString() ?? null,
  };
  if (row.status === "SUCCEEDED") return { output: { ...description, Output: value(row.output) } };
  return { error: "States.TaskFailed", cause: JSON.stringify({ ...description, Error: row.error, Cause: row.cause }) };
};

const invoked = async (setting: TaskSetting, call: TaskCall, signal: AbortSignal): Promise<TaskOutcome> => {
  const { resource, parameters } = call;
  if (LAMBDA.test(resource)) return called(setting, call, resource, parameters, signal);
  const fields = isObject(parameters) ? parameters : {};
  if (INVOKE.test(resource)) {
    const { FunctionName, Payload = {} } = fields;
    const outcome = await called(setting, call, textOf(FunctionName), Payload, signal);
    return "error" in outcome
      ? outcome
      : { output: { ExecutedVersion: "$LATEST", Payload: outcome.output, StatusCode: 200 } };
  }
  if (START.test(resource)) return started(setting, call);
  return { error: "States.Runtime", cause: `The resource ${resource} is not known on this machine` };
};

/** Does the tasks of one execution. */
export const durableTasks = (setting: TaskSetting): TaskRunner => {
  const { writer, activity, inbox, executionNo } = setting;
  const closed = (token: string, heardAt: number): Promise<boolean> =>
    activity.busy(persistently(() => expireToken(setting, sha256(token), setting.now(), heardAt)));
  return {
    invoke: async (call, signal) => {
      const { token, key, parameters } = call;
      if (token !== null) {
        const row = { tokenHash: sha256(token), key, createdAt: setting.now() };
        writer.append({ executionNo, token: row });
      }
      try {
        checkSize(call.state, parameters);
      } catch (error) {
        if (error instanceof Failure) return { error: error.error, cause: error.reason };
        throw error;
      }
      // What was done before is kept before anything is done outside.
      await activity.busy(writer.settled());
      await activity.unlessDropped(undefined);
      return activity.unlessDropped(await activity.busy(invoked(setting, call, signal), signal));
    },
    answer: async (call, onHeartbeat, signal) => {
      const { token } = call;
      if (token === null) {
        const { machine, name } = requested(setting, call);
        const row = await inbox.end(identityFor(machine, name).executionArn, signal);
        return described(row, call.resource.endsWith(":2"));
      }
      try {
        return await inbox.answer(sha256(token), onHeartbeat, signal);
      } catch (error) {
        // What it belonged to has ended: nobody may answer any more.
        if (error instanceof Aborted) await closed(token, Infinity);
        throw error;
      }
    },
    expire: async (call, heardAt) => {
      if (call.token === null) return true;
      const isClosed = await closed(call.token, heardAt);
      if (!isClosed) await inbox.refresh();
      return isClosed;
    },
  };
};
