import { invalid, type Json } from "../../../../kernel/index.ts";
import type { Machine, State } from "../definition.ts";
import { Failure } from "../failure.ts";
import type { JsonObject } from "../json.ts";
import type { Frame, Language } from "../language.ts";

/** How many iterations may fail before the whole Map does. */
export interface Tolerance {
  readonly count: number | undefined;
  readonly percentage: number | undefined;
}

export const processorOf = (state: State): Machine => {
  const processor = state.ItemProcessor ?? state.Iterator;
  if (processor === undefined) throw invalid("ItemProcessor", "a Map needs one");
  return processor;
};

export const isDistributed = (state: State): boolean => processorOf(state).ProcessorConfig?.Mode === "DISTRIBUTED";

/** How many iterations run at once; 0 and nothing leave it open. */
export const concurrencyOf = async (language: Language, frame: Frame): Promise<number> => {
  const most = (await language.number(frame, "MaxConcurrency")) ?? 0;
  if (most < 0) throw language.fault("MaxConcurrency cannot be negative.");
  frame.note("maxConcurrency", most);
  return most;
};

export const toleranceOf = async (language: Language, frame: Frame): Promise<Tolerance> => {
  const count = await language.number(frame, "ToleratedFailureCount");
  const percentage = await language.number(frame, "ToleratedFailurePercentage");
  if (count !== undefined && count < 0) throw language.fault("ToleratedFailureCount cannot be negative.");
  if (percentage !== undefined && (percentage < 0 || percentage > 100))
    throw language.fault("ToleratedFailurePercentage must be between 0 and 100.");
  if (count !== undefined) frame.note("toleratedFailureCount", count);
  if (percentage !== undefined) frame.note("toleratedFailurePercentage", percentage);
  return { count, percentage };
};

/** Whether more items failed than a Map tolerates: none, unless it says otherwise. */
export const isExceeded = ({ count, percentage }: Tolerance, failed: number, total: number): boolean => {
  if (failed === 0) return false;
  if (count === undefined && percentage === undefined) return true;
  return (count !== undefined && failed > count) || (percentage !== undefined && failed * 100 > percentage * total);
};

export const thresholdExceeded = (): Failure =>
  new Failure("States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded");

/** `Map` of the context object in one iteration. */
export const mapContext = (index: number, value: Json): JsonObject => ({ Item: { Index: index, Value: value } });

const selectorOf = ({ ItemSelector, Parameters }: State): Json | undefined => ItemSelector ?? Parameters;

export const hasSelector = (state: State): boolean => selectorOf(state) !== undefined;

/** What an iteration is given: the item, or what ItemSelector (older: Parameters) makes of it. */
export const itemInput = async (language: Language, frame: Frame, index: number, value: Json): Promise<Json> => {
  const selector = selectorOf(frame.state);
  if (selector === undefined) return value;
  return language.template(frame, "ItemSelector", selector, { ...frame.context, Map: mapContext(index, value) });
};

/** What all iterations are given, in the order of the items. */
export const itemInputs = async (language: Language, frame: Frame, items: readonly Json[]): Promise<Json[]> => {
  const inputs: Json[] = [];
  for (const [index, item] of items.entries()) inputs.push(await itemInput(language, frame, index, item));
  return inputs;
};
