import type { Json } from "../../../kernel/index.ts";
import type { LanguageName, Machine, State } from "./definition.ts";
import type { Effects, Recorded } from "./effects.ts";
import type { History, Trail } from "./history.ts";
import type { JsonObject } from "./json.ts";
import { jsonata } from "./jsonata/language.ts";
import { jsonPath } from "./jsonpath/language.ts";
import type { Conclusion, Frame, Language } from "./language.ts";
import { randomOf } from "./random.ts";

/** Who runs: as the context object and the history name it. */
export interface Identity {
  readonly executionArn: string;
  readonly executionName: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly roleArn: string;
  readonly type: "STANDARD" | "EXPRESS";
}

/** Names an execution; an express one may have the name of another, so its id is added. */
export const executionArn = (base: string, type: Identity["type"], machine: string, name: string, id: string): string =>
  type === "EXPRESS" ? `${base}:express:${machine}:${name}:${id}` : `${base}:execution:${machine}:${name}`;

export type ExecutionResult = {
  readonly status: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  /** Undefined unless it succeeded. */
  readonly output: Json | undefined;
  readonly error: string | null;
  readonly cause: string | null;
  readonly startedAt: number;
  readonly stoppedAt: number;
};

/** One of the executions of its own that a distributed map makes. */
export interface Child {
  readonly machine: Machine;
  readonly input: Json;
  readonly identity: Identity;
  readonly language: LanguageName;
  readonly path: string;
  readonly signal: AbortSignal;
}

/** One execution. */
export interface Run {
  readonly effects: Effects;
  readonly history: History;
  readonly identity: Identity;
  readonly input: Json;
  readonly startedAt: number;
  /** When it was taken up again after it had failed, in order. */
  readonly redrives: readonly Recorded[];
  readonly seed: string;
  /** How many iterations of a Map run at once at the most, whatever the definition says. */
  readonly mostAtOnce: number;
  /** Runs a part of a definition to its end. */
  readonly walk: (machine: Machine, input: Json, scope: Scope) => Promise<Json>;
  readonly startChild: (child: Child) => Promise<ExecutionResult>;
}

/** Where a part of a definition runs: the execution itself, a branch, an iteration. */
export interface Scope {
  readonly run: Run;
  /** What the keys of its steps begin with. */
  readonly path: string;
  readonly language: LanguageName;
  readonly variables: JsonObject;
  /** `Map` of the context object, inside an iteration. */
  readonly map: JsonObject | undefined;
  /** A branch or an iteration, not the execution itself. */
  readonly isNested: boolean;
  readonly trail: Trail;
  readonly signal: AbortSignal;
}

/** A state that was entered. */
export interface Entered {
  readonly scope: Scope;
  readonly name: string;
  readonly state: State;
  readonly input: Json;
  readonly language: Language;
  /** Names this visit of the state within the execution; after a redrive anew, so that what had failed is not known. */
  readonly key: string;
  /** What the keys of its branches and iterations begin with. After a redrive as before, so that what had succeeded is known. */
  readonly path: string;
  /** The number of the attempt that it begins with: after a redrive the one that failed last. */
  readonly firstAttempt: number;
  /** How often the execution had been redriven before this visit. */
  readonly redrives: number;
  readonly eventId: number;
  readonly enteredAt: number;
}

/** What comes after a state: the next one, or undefined at the end. */
export interface Step extends Conclusion {
  readonly next: string | undefined;
}

export const languageOf = (name: LanguageName): Language => (name === "JSONata" ? jsonata : jsonPath);

const iso = (at: number): string => new Date(at).toISOString();

/** States that may be tried again count their tries. */
const RETRIED: ReadonlySet<string> = new Set(["Task", "Parallel", "Map"]);

/** What the context object tells of the execution. */
interface Started {
  readonly identity: Identity;
  readonly input: Json;
  readonly startedAt: number;
  readonly redrives?: readonly Recorded[];
}

interface Tried {
  readonly name: string;
  readonly type: State["Type"];
  readonly enteredAt: number;
  readonly retries: number;
  readonly redrives?: number;
}

const redriven = (redrives: readonly Recorded[], count: number): JsonObject => {
  const last = redrives[count - 1];
  return { RedriveCount: count, ...(last === undefined ? {} : { RedriveTime: iso(last.at) }) };
};

/** The context object: `$$` in JSONPath, `$states.context` in JSONata. */
export const contextOf = ({ identity, input, startedAt, redrives = [] }: Started, tried: Tried): JsonObject => ({
  Execution: {
    Id: identity.executionArn,
    Input: input,
    StartTime: iso(startedAt),
    Name: identity.executionName,
    RoleArn: identity.roleArn,
    ...(identity.type === "STANDARD" ? redriven(redrives, tried.redrives ?? 0) : {}),
  },
  StateMachine: { Id: identity.machineArn, Name: identity.machineName },
  State: {
    Name: tried.name,
    EnteredTime: iso(tried.enteredAt),
    ...(RETRIED.has(tried.type) ? { RetryCount: tried.retries } : {}),
  },
});

/** What the fields of an entered state are evaluated against, at its first or a later try. */
export const frameOf = ({ scope, name, state, input, key, enteredAt, redrives }: Entered, retries = 0): Frame => {
  const context = contextOf(scope.run, { name, type: state.Type, enteredAt, retries, redrives });
  return {
    state,
    input,
    context: scope.map === undefined ? context : { ...context, Map: scope.map },
    variables: scope.variables,
    random: randomOf(scope.run.seed, `${key}/try.${retries}`),
    enteredAt,
    note: () => {},
  };
};

/** Adds an event about a state to the history, once for a key. */
export const tell = ({ run, trail }: Scope, key: string, type: string, state: string, details?: JsonObject): Recorded =>
  run.history.add(trail, `${key}/${type}`, type, state, details);
