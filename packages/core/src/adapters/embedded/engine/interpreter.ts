import type { Json } from "../../../kernel/index.ts";
import { located } from "./attempts.ts";
import type { Machine, State } from "./definition.ts";
import { Aborted, Failure } from "./failure.ts";
import { isObject, type JsonObject } from "./json.ts";
import { checkSize } from "./limits.ts";
import { map } from "./map/map.ts";
import { parallel } from "./parallel.ts";
import { type Entered, languageOf, type Scope, type Step, tell } from "./run.ts";
import { choice, fail, pass, succeed, wait } from "./simple-states.ts";
import { task } from "./task.ts";

type Handler = (entered: Entered) => Promise<Step>;

const HANDLERS: Readonly<Record<State["Type"], Handler>> = {
  Pass: pass,
  Task: task,
  Choice: choice,
  Wait: wait,
  Succeed: succeed,
  Fail: fail,
  Parallel: parallel,
  Map: map,
};

/** Where a redrive begins again with a visit of a state that had failed; the journal has it under `PATH/redriven`. */
const redriveOf = (known: Json | undefined): { readonly redrive: number; readonly attempt: number } | undefined =>
  isObject(known ?? null) ? (known as { redrive: number; attempt: number }) : undefined;

const enter = (scope: Scope, name: string, state: State, input: Json, path: string): Entered => {
  const { history, effects, redrives } = scope.run;
  const { id, at } = history.add(scope.trail, `${path}/entered`, `${state.Type}StateEntered`, name, { input });
  const again = redriveOf(effects.journal.known(`${path}/redriven`));
  return {
    scope,
    name,
    state,
    input,
    language: languageOf(state.QueryLanguage ?? scope.language),
    key: again === undefined ? path : `${path}@${again.redrive}`,
    path,
    firstAttempt: again?.attempt ?? 0,
    redrives: again?.redrive ?? redrives.filter((redrive) => redrive.id < id).length,
    eventId: id,
    enteredAt: at,
  };
};

const runState = async (entered: Entered): Promise<Step> => {
  const { scope, state, name, key } = entered;
  try {
    const step = await HANDLERS[state.Type](entered);
    checkSize(name, step.output);
    tell(scope, key, `${state.Type}StateExited`, name, { output: step.output });
    return step;
  } catch (error) {
    const isStopped = error instanceof Aborted || (scope.isNested && state.Type !== "Fail");
    if (isStopped) tell(scope, key, `${state.Type}StateAborted`, name);
    throw error instanceof Failure ? located(error, entered, key) : error;
  }
};

/** A state's name as a part of a key, which `/` divides. */
const inKey = (name: string): string => name.replaceAll("%", "%25").replaceAll("/", "%2F");

/** Runs a machine, or a part of one, from its first state to its end. Throws the Failure that nothing caught. */
export const walk = async (machine: Machine, input: Json, outer: Scope): Promise<Json> => {
  const language = machine.QueryLanguage ?? outer.language;
  const visits = new Map<string, number>();
  let variables: JsonObject = outer.variables;
  let data = input;
  let next: string | undefined = machine.StartAt;
  while (next !== undefined) {
    if (outer.signal.aborted) throw new Aborted();
    const state: State | undefined = machine.States[next];
    if (state === undefined) throw new Failure("States.Runtime", `There is no state '${next}'`);
    const visit = (visits.get(next) ?? 0) + 1;
    visits.set(next, visit);
    const scope: Scope = { ...outer, language, variables };
    const step: Step = await runState(enter(scope, next, state, data, `${outer.path}/${inKey(next)}.${visit}`));
    data = step.output;
    variables = step.variables;
    next = step.next;
  }
  return data;
};
