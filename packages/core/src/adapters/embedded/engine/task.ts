import type { Json } from "../../../kernel/index.ts";
import { attempted } from "./attempts.ts";
import type { TaskCall, TaskOutcome } from "./effects.ts";
import { errorDetails, Failure, TIMEOUT } from "./failure.ts";
import type { JsonObject } from "./json.ts";
import type { Frame } from "./language.ts";
import { checkSize } from "./limits.ts";
import { randomOf } from "./random.ts";
import { type Entered, type Run, type Step, tell } from "./run.ts";

/** What a task may take where it says nothing, in seconds. */
const DEFAULT_TIMEOUT = 99_999_999;
const HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout";

const timedOut: TaskOutcome = { error: TIMEOUT, cause: null };
const silent: TaskOutcome = { error: HEARTBEAT_TIMEOUT, cause: null };

/** How a resource is invoked, by its ARN. */
interface Resource {
  /** What the names of its events begin with. */
  readonly event: "LambdaFunction" | "Activity" | "Task";
  /** How a too large result names it. */
  readonly label: string;
  /** Whether the answer comes with the task's token. */
  readonly isCallback: boolean;
  /** Whether the end of the work is waited for, beyond the request. */
  readonly isSubmitted: boolean;
}

const SERVICE = /^arn:[^:]*:states:[^:]*:[^:]*:(?:aws-sdk:)?([\w-]+):\w+(\.sync(?::2)?|\.waitForTaskToken)?$/;

export const resourceOf = (arn: string): Resource => {
  if (/^arn:[^:]*:lambda:/.test(arn))
    return { event: "LambdaFunction", label: arn, isCallback: false, isSubmitted: false };
  if (/^arn:[^:]*:states:[^:]*:[^:]*:activity:/.test(arn))
    return { event: "Activity", label: arn, isCallback: true, isSubmitted: false };
  const [, service, pattern] = SERVICE.exec(arn) ?? [];
  const isCallback = pattern === ".waitForTaskToken";
  return { event: "Task", label: service ?? arn, isCallback, isSubmitted: pattern !== undefined };
};

interface Times {
  readonly timeout: number;
  readonly heartbeat: number;
}

/** Waits for what answers first: the work, the end of its time, or the end of its silence. */
const answeredInTime = async (
  { effects: { timer } }: Run,
  parent: AbortSignal,
  since: number,
  { timeout, heartbeat }: Times,
  work: (onHeartbeat: (at: number) => void, signal: AbortSignal) => Promise<TaskOutcome>,
  isGivenUp: (heardAt: number) => Promise<boolean> = async () => true,
): Promise<TaskOutcome> => {
  const own = new AbortController();
  const signal = AbortSignal.any([parent, own.signal]);
  let heard = since;
  const onHeartbeat = (at: number): void => {
    heard = Math.max(heard, at);
  };
  const answer = work(onHeartbeat, signal);
  // Once its time is over nobody listens to it any more.
  answer.catch(() => {});
  try {
    for (;;) {
      const end = since + timeout * 1000;
      const silence = heard + heartbeat * 1000;
      const due = Math.min(end, silence);
      const outcome = await Promise.race([answer, timer.sleepUntil(due, signal)]);
      if (outcome !== undefined) return outcome;
      const isOver = end <= due;
      const isSilent = heard + heartbeat * 1000 <= due;
      if (!isOver && !isSilent) continue;
      if (await isGivenUp(isOver ? Infinity : heard)) return isOver ? timedOut : silent;
    }
  } finally {
    own.abort();
  }
};

/** A task whose answer comes apart from its request (a token, the end of a job): request and waiting survive a restart. */
const calledBack = async (
  { scope, name }: Entered,
  { event, isSubmitted }: Resource,
  call: TaskCall,
  times: Times,
): Promise<TaskOutcome> => {
  const { journal, tasks, timer } = scope.run.effects;
  const since = await journal.once(`${call.key}/since`, async () => timer.now());
  const request = await journal.once(`${call.key}/request`, () => tasks.invoke(call, scope.signal));
  if ("error" in request) return request;
  if (isSubmitted) tell(scope, call.key, `${event}Submitted`, name);
  return journal.once(`${call.key}/answer`, () =>
    answeredInTime(
      scope.run,
      scope.signal,
      since,
      times,
      (onHeartbeat, signal) => tasks.answer(call, onHeartbeat, signal),
      (heardAt) => tasks.expire?.(call, heardAt) ?? Promise.resolve(true),
    ),
  );
};

const invoked = async (entered: Entered, resource: Resource, call: TaskCall, given: Times): Promise<TaskOutcome> => {
  const { scope } = entered;
  const { journal, tasks, timer } = scope.run.effects;
  const times = resource.isCallback ? given : { ...given, heartbeat: Infinity };
  if (call.isAwaited) return calledBack(entered, resource, call, times);
  return journal.once(call.key, () =>
    answeredInTime(scope.run, scope.signal, timer.now(), times, (_, signal) => tasks.invoke(call, signal)),
  );
};

const failureOf = (error: string | null, cause: string | null): Failure =>
  error === HEARTBEAT_TIMEOUT ? new Failure(TIMEOUT, cause, { alias: error }) : new Failure(error, cause);

const outputOf = ({ scope, name }: Entered, { event, label }: Resource, key: string, outcome: TaskOutcome): Json => {
  const failed = (failure: Failure): never => {
    tell(scope, key, `${event}${failure.error === TIMEOUT ? "TimedOut" : "Failed"}`, name, errorDetails(failure));
    throw failure;
  };
  if ("error" in outcome) return failed(failureOf(outcome.error, outcome.cause));
  try {
    checkSize(label, outcome.output);
  } catch (error) {
    if (error instanceof Failure) failed(error);
    throw error;
  }
  tell(scope, key, `${event}Succeeded`, name, { output: outcome.output });
  return outcome.output;
};

const timesDetails = ({ timeout, heartbeat }: Times): JsonObject => ({
  ...(timeout === DEFAULT_TIMEOUT ? {} : { timeoutInSeconds: timeout }),
  ...(heartbeat === Infinity ? {} : { heartbeatInSeconds: heartbeat }),
});

/** The parameters of a task may carry its token out. */
const withToken = (frame: Frame, token: string): Frame => ({
  ...frame,
  context: { ...frame.context, Task: { Token: token } },
});

export const task = (entered: Entered): Promise<Step> =>
  attempted(entered, async (plain, key) => {
    const { scope, state, language, name } = entered;
    const arn = state.Resource ?? "";
    const resource = resourceOf(arn);
    const token = randomOf(scope.run.seed, `${key}/token`).secret();
    const frame = resource.isCallback || resource.isSubmitted ? withToken(plain, token) : plain;
    const times: Times = {
      timeout: (await language.number(frame, "TimeoutSeconds")) ?? DEFAULT_TIMEOUT,
      heartbeat: (await language.number(frame, "HeartbeatSeconds")) ?? Infinity,
    };
    const parameters = await language.work(frame);
    const request = resource.event === "LambdaFunction" ? { input: parameters } : { parameters };
    tell(scope, key, `${resource.event}Scheduled`, name, { resource: arn, ...request, ...timesDetails(times) });
    tell(scope, key, `${resource.event}Started`, name);
    const call: TaskCall = {
      key,
      state: name,
      resource: arn,
      parameters,
      token: resource.isCallback ? token : null,
      isAwaited: resource.isCallback || resource.isSubmitted,
    };
    const output = outputOf(entered, resource, key, await invoked(entered, resource, call, times));
    return language.conclude(plain, output);
  });
