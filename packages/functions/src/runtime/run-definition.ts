import { randomUUID } from "node:crypto";
import { parseMachine } from "@commops/core/adapters/embedded/engine/definition.ts";
import { executeTold, identityOf } from "@commops/core/adapters/embedded/engine/execute.ts";
import { memoryJournal } from "@commops/core/adapters/embedded/engine/memory-journal.ts";
import { memoryObjects } from "@commops/core/adapters/embedded/engine/memory-objects.ts";
import { type ScriptedAnswer, scriptedTasks } from "@commops/core/adapters/embedded/engine/scripted-tasks.ts";
import { virtualTimer, wallTimer } from "@commops/core/adapters/embedded/engine/timers.ts";
import type { Json } from "@commops/core/kernel";

export interface DefinitionRun {
  /** A state machine in the Amazon States Language. */
  readonly definition: unknown;
  readonly input: Json;
  /** What tasks answer, each state from its own in their order. */
  readonly answers: readonly ScriptedAnswer[];
  /** Jump over waits instead of waiting. */
  readonly isVirtual: boolean;
}

/** How a run of a definition ended and what it did, as it is printed. */
export interface DefinitionResult {
  readonly status: string;
  readonly output: Json;
  readonly error: string | null;
  readonly cause: string | null;
  /** Types of the events, in order. */
  readonly history: readonly string[];
  readonly tasks: readonly { readonly state: string; readonly parameters: Json }[];
}

/** Runs a definition by itself, in memory, with given answers; iterations one after the other. Throws a Problem where it is no definition. */
export const runDefinition = async (run: DefinitionRun): Promise<DefinitionResult> => {
  const tasks = scriptedTasks(run.answers);
  const ended = await executeTold({
    machine: parseMachine(run.definition),
    input: run.input,
    identity: identityOf({
      region: "local",
      account: "000000000000",
      machineName: "definition",
      executionName: "run",
      roleArn: "arn:aws:iam::000000000000:role/local",
      type: "STANDARD",
    }),
    effects: {
      journal: memoryJournal(),
      tasks,
      timer: run.isVirtual ? virtualTimer(Date.now()) : wallTimer,
      objects: memoryObjects(),
    },
    seed: randomUUID(),
    mostAtOnce: 1,
  });
  return {
    status: ended.status,
    output: ended.output ?? null,
    error: ended.error,
    cause: ended.cause,
    history: ended.history.map((event) => event.type),
    tasks: tasks.calls.map(({ state, parameters }) => ({ state, parameters })),
  };
};
