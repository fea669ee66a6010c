import { z } from "zod";
import { invalid, type Json } from "../../../kernel/index.ts";
import type { JsonObject } from "./json.ts";

const json = z.custom<Json>((value) => value !== undefined);
const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
/** A path; null stands for "nothing of it". */
const path = z.string().nullable().optional();
const text = z.string().optional();
/** A number, or in JSONata an expression for one. */
const number = z.union([z.number(), z.string()]).optional();

const retrier = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().optional(),
  MaxAttempts: z.number().optional(),
  BackoffRate: z.number().optional(),
  MaxDelaySeconds: z.number().optional(),
  JitterStrategy: z.enum(["NONE", "FULL"]).optional(),
});

const catcher = z.object({
  ErrorEquals: z.array(z.string()),
  Next: z.string(),
  ResultPath: path,
  Assign: jsonObject.optional(),
  Output: json.optional(),
});

const TYPES = ["Pass", "Task", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"] as const;
const language = z.enum(["JSONPath", "JSONata"]);

/** Every field of every type of state; which state may have which field is checked when definitions are built. */
const flatState = z.object({
  Type: z.enum(TYPES),
  QueryLanguage: language.optional(),
  Next: text,
  End: z.boolean().optional(),
  InputPath: path,
  OutputPath: path,
  Parameters: json.optional(),
  ResultSelector: json.optional(),
  ResultPath: path,
  Arguments: json.optional(),
  Output: json.optional(),
  Assign: jsonObject.optional(),
  Result: json.optional(),
  Resource: text,
  TimeoutSeconds: number,
  TimeoutSecondsPath: text,
  HeartbeatSeconds: number,
  HeartbeatSecondsPath: text,
  Retry: z.array(retrier).optional(),
  Catch: z.array(catcher).optional(),
  Choices: z.array(jsonObject).optional(),
  Default: text,
  Seconds: number,
  SecondsPath: text,
  Timestamp: text,
  TimestampPath: text,
  Error: text,
  ErrorPath: text,
  Cause: text,
  CausePath: text,
  Items: json.optional(),
  ItemsPath: path,
  ItemSelector: json.optional(),
  ItemReader: jsonObject.optional(),
  ItemBatcher: jsonObject.optional(),
  ResultWriter: jsonObject.optional(),
  MaxConcurrency: number,
  MaxConcurrencyPath: text,
  ToleratedFailureCount: number,
  ToleratedFailureCountPath: text,
  ToleratedFailurePercentage: number,
  ToleratedFailurePercentagePath: text,
  Label: text,
});

export type Retrier = z.output<typeof retrier>;
export type Catcher = z.output<typeof catcher>;
export type LanguageName = z.output<typeof language>;

export type State = z.output<typeof flatState> & {
  readonly Branches?: readonly Machine[] | undefined;
  readonly ItemProcessor?: Machine | undefined;
  /** The older name of ItemProcessor. */
  readonly Iterator?: Machine | undefined;
};

/** A definition in the Amazon States Language, or a part of one that Parallel and Map run. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly QueryLanguage?: LanguageName | undefined;
  readonly TimeoutSeconds?: number | undefined;
  readonly ProcessorConfig?:
    | { readonly Mode?: string | undefined; readonly ExecutionType?: string | undefined }
    | undefined;
}

const nested = z.lazy(() => machine).optional();
const state: z.ZodType<State> = flatState.extend({
  Branches: z.lazy(() => z.array(machine)).optional(),
  ItemProcessor: nested,
  Iterator: nested,
});
const machine: z.ZodType<Machine> = z.object({
  StartAt: z.string(),
  States: z.record(z.string(), state),
  QueryLanguage: language.optional(),
  TimeoutSeconds: z.number().optional(),
  ProcessorConfig: z.object({ Mode: text, ExecutionType: text }).optional(),
});

/** The parts of a definition that a state runs. */
export const partsOf = (subject: State): readonly Machine[] =>
  [...(subject.Branches ?? []), subject.ItemProcessor, subject.Iterator].filter((part) => part !== undefined);

/** Where a state may lead. */
const targets = (subject: State): readonly string[] =>
  [
    subject.Next,
    subject.Default,
    ...(subject.Catch ?? []).map((one) => one.Next),
    ...(subject.Choices ?? []).map((rule) => (typeof rule.Next === "string" ? rule.Next : undefined)),
  ].filter((name) => name !== undefined);

const checkMoves = (subject: Machine, where: string): void => {
  const known = (name: string, field: string): void => {
    if (!Object.hasOwn(subject.States, name))
      throw invalid(
        field,
        `leads to the state ${name}, which is not there. Name one of ${Object.keys(subject.States).join(", ")}.`,
      );
  };
  known(subject.StartAt, `${where}StartAt`);
  for (const [name, one] of Object.entries(subject.States)) {
    const field = `${where}States.${name}`;
    for (const target of targets(one)) known(target, field);
    const isLast = one.End === true || one.Type === "Succeed" || one.Type === "Fail" || one.Type === "Choice";
    if (!isLast && one.Next === undefined) throw invalid(field, "needs Next or End");
    partsOf(one).forEach((part, index) => checkMoves(part, `${field}.${index}.`));
  }
};

/** A state of that name, also within Parallel and Map, with the query language it uses. */
export const findState = (
  subject: Machine,
  name: string,
  outer: LanguageName = "JSONPath",
): { readonly state: State; readonly language: LanguageName } | undefined => {
  const language = subject.QueryLanguage ?? outer;
  const state = subject.States[name];
  if (state !== undefined) return { state, language: state.QueryLanguage ?? language };
  for (const part of Object.values(subject.States).flatMap(partsOf)) {
    const found = findState(part, name, language);
    if (found !== undefined) return found;
  }
  return undefined;
};

const checked = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const issue = found.error.issues[0];
  throw invalid(issue?.path.join(".") || "definition", issue?.message ?? "is no state machine");
};

/** Reads a state machine. Throws a Problem of kind invalid that names the field. */
export const parseMachine = (value: unknown): Machine => {
  const found = checked(machine, value);
  checkMoves(found, "");
  return found;
};

/** Reads one state by itself; where it leads is not looked at. Throws a Problem of kind invalid that names the field. */
export const parseState = (value: unknown): State => checked(state, value);
