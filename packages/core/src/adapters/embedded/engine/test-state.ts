import type { Json } from "../../../kernel/index.ts";
import type { LanguageName, State } from "./definition.ts";
import type { TaskOutcome } from "./effects.ts";
import { errorOutput, Failure } from "./failure.ts";
import type { JsonObject } from "./json.ts";
import type { Frame, Language } from "./language.ts";
import { batchesOf } from "./map/batches.ts";
import { concurrencyOf, hasSelector, itemInputs, thresholdExceeded, isExceeded, toleranceOf } from "./map/plan.ts";
import { randomOf } from "./random.ts";
import { backoffSeconds, catcherFor, retrierFor } from "./retry.ts";
import { contextOf, type Identity, languageOf, type Step } from "./run.ts";
import { choose, failureOf } from "./simple-states.ts";

/** One state tested alone, as the TestState API does it. */
export interface StateTest {
  readonly state: State;
  readonly name: string;
  readonly language: LanguageName;
  readonly input: Json;
  readonly identity: Identity;
  /** The context object; undefined makes one up. */
  readonly context: JsonObject | undefined;
  /** Variables set by states before. */
  readonly variables: JsonObject;
  /** What the ItemReader of a Map reads. */
  readonly readItems: readonly Json[];
  /** What the task, the branches or the iterations answer, given the parameters. */
  readonly answer: (parameters: Json) => Promise<TaskOutcome>;
  /** How often the state was retried before. */
  readonly retries: number;
  /** How many iterations of a Map failed. */
  readonly failedIterations: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface StateTestResult {
  readonly status: "SUCCEEDED" | "FAILED" | "RETRIABLE" | "CAUGHT_ERROR";
  readonly output: Json | undefined;
  readonly error: string | null;
  readonly cause: string | null;
  readonly next: string | undefined;
  /** What each step of the data flow gave, for the levels DEBUG and TRACE. */
  readonly inspection: JsonObject;
}

const answered = async (test: StateTest, parameters: Json): Promise<Json> => {
  const outcome = await test.answer(parameters);
  if ("error" in outcome) throw new Failure(outcome.error, outcome.cause);
  return outcome.output;
};

const runTask = async (test: StateTest, language: Language, frame: Frame): Promise<Json> => {
  const result = await answered(test, await language.work(frame));
  frame.note("result", result);
  return result;
};

const runMap = async (test: StateTest, language: Language, frame: Frame): Promise<Json> => {
  language.mapInput(frame);
  const items = frame.state.ItemReader === undefined ? await language.items(frame) : test.readItems;
  await concurrencyOf(language, frame);
  const tolerance = await toleranceOf(language, frame);
  const inputs = await itemInputs(language, frame, items);
  if (hasSelector(frame.state)) frame.note("afterItemSelector", inputs);
  const batches = await batchesOf(inputs, language, frame);
  if (frame.state.ItemBatcher !== undefined)
    frame.note(
      "afterItemBatcher",
      batches.map((batch) => batch.input),
    );
  const result = await answered(test, items);
  if (isExceeded(tolerance, test.failedIterations, items.length)) throw thresholdExceeded();
  return result;
};

const runState = async (test: StateTest, language: Language, frame: Frame): Promise<Step> => {
  const next = test.state.Next;
  switch (test.state.Type) {
    case "Fail":
      language.mapInput(frame);
      throw await failureOf(language, frame);
    case "Choice":
      return choose(language, frame);
    case "Pass":
      return { next, ...(await language.pass(frame)) };
    case "Wait":
    case "Succeed":
      return { next, ...(await language.moveOn(frame)) };
    case "Task":
      return { next, ...(await language.conclude(frame, await runTask(test, language, frame))) };
    case "Parallel":
      return { next, ...(await language.conclude(frame, await answered(test, await language.work(frame)))) };
    case "Map":
      return { next, ...(await language.conclude(frame, await runMap(test, language, frame))) };
  }
};

/** What becomes of a failure: another try, a Catch, or the end. */
const afterFailure = async (
  { state, retries }: StateTest,
  language: Language,
  frame: Frame,
  failure: Failure,
): Promise<Omit<StateTestResult, "inspection"> & { readonly details: JsonObject }> => {
  const { error, reason: cause } = failure;
  const retryIndex = retrierFor(state.Retry, failure);
  const retrier = state.Retry?.[retryIndex];
  const ended = { output: undefined, error, cause, next: undefined };
  const seconds = retrier && backoffSeconds(retrier, retries);
  const retried = retrier === undefined ? {} : { retryIndex };
  if (seconds !== undefined)
    return { ...ended, status: "RETRIABLE", details: { ...retried, retryBackoffIntervalSeconds: seconds } };
  const catchIndex = catcherFor(state.Catch, failure);
  const catcher = state.Catch?.[catchIndex];
  if (catcher === undefined) return { ...ended, status: "FAILED", details: retried };
  const { output } = await language.recover(frame, catcher, errorOutput(failure));
  return { ...ended, status: "CAUGHT_ERROR", output, next: catcher.Next, details: { ...retried, catchIndex } };
};

/** Runs one state, and says what came out of it, what would come next and what each step of its data flow gave. */
export const testState = async (test: StateTest): Promise<StateTestResult> => {
  const { state, name, identity, input, now, retries } = test;
  const inspection: Record<string, Json> = { input };
  const started = { identity, input, startedAt: now };
  const frame: Frame = {
    state,
    input,
    context: test.context ?? contextOf(started, { name, type: state.Type, enteredAt: now, retries }),
    variables: test.variables,
    random: randomOf(identity.executionArn, name),
    enteredAt: now,
    note: (step, value) => {
      inspection[step] = value;
    },
  };
  const language = languageOf(test.language);
  try {
    const { output, next, variables } = await runState(test, language, frame);
    if (Object.keys(variables).length > 0) frame.note("variables", variables);
    return { status: "SUCCEEDED", output, error: null, cause: null, next, inspection };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { details, ...result } = await afterFailure(test, language, frame, error);
    const isExplained = Object.keys(details).length > 0;
    return { ...result, inspection: isExplained ? { ...inspection, errorDetails: details } : inspection };
  }
};
