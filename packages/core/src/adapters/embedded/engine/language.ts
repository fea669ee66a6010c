import type { Json } from "../../../kernel/index.ts";
import type { Catcher, State } from "./definition.ts";
import type { Failure } from "./failure.ts";
import type { JsonObject } from "./json.ts";
import type { Random } from "./random.ts";

/** A state at work: what its fields are evaluated against. */
export interface Frame {
  readonly state: State;
  /** What the state was given. */
  readonly input: Json;
  readonly context: JsonObject;
  readonly variables: JsonObject;
  readonly random: Random;
  /** When the state was entered, in milliseconds since 1970: the "now" of its expressions. */
  readonly enteredAt: number;
  /** Called with what each step of the data flow gives, under the names of the TestState API. */
  readonly note: (step: string, value: Json) => void;
}

/** What a state leaves behind. */
export interface Conclusion {
  readonly output: Json;
  readonly variables: JsonObject;
}

export interface Choice extends Conclusion {
  readonly next: string | undefined;
}

/** Where a choice rule leads. */
export const nextOf = ({ Next }: JsonObject): string | undefined => (typeof Next === "string" ? Next : undefined);

export type NumberField =
  | "TimeoutSeconds"
  | "HeartbeatSeconds"
  | "Seconds"
  | "MaxConcurrency"
  | "ToleratedFailureCount"
  | "ToleratedFailurePercentage";

export type TextField = "Timestamp" | "Error" | "Cause";

/** A query language of the States Language. Every method throws a fault where an expression or a path fails. */
export interface Language {
  /** The fault of a value that a field cannot have. */
  readonly fault: (reason: string) => Failure;
  /** What a Task invokes its resource with and a Parallel gives its branches: Parameters of InputPath, or Arguments. */
  work(frame: Frame): Promise<Json>;
  /** The input of iterations before items are chosen, and what the templates of a Map are filled from. */
  mapInput(frame: Frame): Json;
  items(frame: Frame): Promise<readonly Json[]>;
  /** A template of a field that has no further rules (ItemSelector, the arguments of a reader), with its own context object. */
  template(frame: Frame, field: string, template: Json, context?: JsonObject): Promise<Json>;
  number(frame: Frame, field: NumberField): Promise<number | undefined>;
  text(frame: Frame, field: TextField): Promise<string | undefined>;
  pass(frame: Frame): Promise<Conclusion>;
  /** The end of a state that has no result of its own: Wait and Succeed. */
  moveOn(frame: Frame): Promise<Conclusion>;
  /** The end of a state with a result. */
  conclude(frame: Frame, result: Json): Promise<Conclusion>;
  /** The way out through a Catch. */
  recover(frame: Frame, catcher: Catcher, error: JsonObject): Promise<Conclusion>;
  choose(frame: Frame): Promise<Choice>;
}
