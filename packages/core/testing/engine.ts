import { parseMachine } from "../src/adapters/embedded/engine/definition.ts";
import type { Journal, TaskCall, TaskOutcome, TaskRunner } from "../src/adapters/embedded/engine/effects.ts";
import { type EndedExecution, executeTold, identityOf } from "../src/adapters/embedded/engine/execute.ts";
import type { HistoryEvent } from "../src/adapters/embedded/engine/history.ts";
import { memoryJournal } from "../src/adapters/embedded/engine/memory-journal.ts";
import { memoryObjects } from "../src/adapters/embedded/engine/memory-objects.ts";
import { virtualTimer } from "../src/adapters/embedded/engine/timers.ts";
import type { Json } from "../src/kernel/index.ts";

export const ENGINE_START = Date.UTC(2025, 0, 1);

interface Setting {
  readonly definition: unknown;
  readonly input?: Json;
  readonly tasks?: TaskRunner;
  readonly journal?: Journal;
  readonly objects?: Map<string, string | Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: HistoryEvent) => void;
}

/** Runs a definition on a virtual clock that starts with 2025. */
export const runMachine = ({
  definition,
  input = {},
  tasks = taskRunner({}),
  ...rest
}: Setting): Promise<EndedExecution> =>
  executeTold({
    machine: parseMachine(definition),
    input,
    identity: identityOf({
      region: "local",
      account: "000000000000",
      machineName: "machine",
      executionName: "run",
      roleArn: "role",
      type: "STANDARD",
    }),
    effects: {
      journal: rest.journal ?? memoryJournal(),
      tasks,
      timer: virtualTimer(ENGINE_START),
      objects: memoryObjects(rest.objects),
    },
    seed: "seed",
    ...(rest.signal === undefined ? {} : { signal: rest.signal }),
    ...(rest.onEvent === undefined ? {} : { onEvent: rest.onEvent }),
  });

type Handler = (parameters: Json, call: TaskCall) => Promise<TaskOutcome> | TaskOutcome;

/** Does tasks by the function that is named in the ARN of their resource; unknown ones give their parameters back. */
export const taskRunner = (
  handlers: Readonly<Record<string, Handler>>,
  answer: TaskRunner["answer"] = async () => ({ output: null }),
): TaskRunner => ({
  invoke: async (call) => {
    const handler = handlers[call.resource.split(":").at(-1) ?? ""];
    return handler === undefined ? { output: call.parameters } : handler(call.parameters, call);
  },
  answer,
});

/** A Task state that calls a function. */
export const taskState = (name: string, more: object = { End: true }): object => ({
  Type: "Task",
  Resource: `arn:aws:lambda:local:000000000000:function:${name}`,
  ...more,
});

/** A machine of one state. */
export const machineOf = (state: object, more: object = {}): object => ({
  StartAt: "Only",
  States: { Only: state },
  ...more,
});
