import type { Json } from "../../../kernel/index.ts";
import { located } from "./attempts.ts";
import type { Machine, State } from "./definition.ts";
import { Aborted, Failure } from "./failure.ts";
import type { JsonObject } from "./json.ts";
import { checkSize } from "./limits.ts";
import { map } from "./map/map.ts";
import { parallel } from "./parallel.ts";
import { type Entered, languageOf, type Scope, type Step } from "./run.ts";
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

const enter = async (scope: Scope, name: string, state: State, input: Json, key: string): Promise<Entered> => {
  const { history, effects } = scope.run;
  const enteredAt = await effects.journal.once(`${key}/entered`, async () => effects.timer.now());
  const eventId = history.add(`${state.Type}StateEntered`, name, { input });
  const language = languageOf(state.QueryLanguage ?? scope.language);
  return { scope, name, state, input, language, key, eventId, enteredAt };
};

const runState = async (entered: Entered): Promise<Step> => {
  const { scope, state, name } = entered;
  const { history } = scope.run;
  try {
    const step = await HANDLERS[state.Type](entered);
    checkSize(name, step.output);
    history.add(`${state.Type}StateExited`, name, { output: step.output });
    return step;
  } catch (error) {
    const isStopped = error instanceof Aborted || (scope.isNested && state.Type !== "Fail");
    if (isStopped) history.add(`${state.Type}StateAborted`, name);
    throw error instanceof Failure ? located(error, entered) : error;
  }
};

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
    const step: Step = await runState(await enter(scope, next, state, data, `${outer.path}/${next}.${visit}`));
    data = step.output;
    variables = step.variables;
    next = step.next;
  }
  return data;
};
