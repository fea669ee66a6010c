import { parseMachine } from "@commops/core/adapters/embedded/engine/definition.ts";
import type { TaskOutcome, TaskRunner } from "@commops/core/adapters/embedded/engine/effects.ts";
import { execute, identityOf } from "@commops/core/adapters/embedded/engine/execute.ts";
import { memoryJournal } from "@commops/core/adapters/embedded/engine/memory-journal.ts";
import { memoryObjects } from "@commops/core/adapters/embedded/engine/memory-objects.ts";
import { wallTimer } from "@commops/core/adapters/embedded/engine/timers.ts";
import type { Json } from "@commops/core/kernel";
import { type MachineName, MACHINES } from "@commops/core/workflows";
import { type TestApi, testApi } from "../../packages/functions/testing/api.ts";
import { type ScriptedWorkflows, scriptedWorkflows } from "../../packages/functions/testing/scripted-workflows.ts";
import { allRoutes } from "../../packages/functions/src/api/routes/index.ts";

const START = "2026-11-20T03:00:00Z";

/** What a task answers, by its name. */
export type Answers = (task: string) => TaskOutcome;

export interface RecordedWorkflows {
  readonly api: TestApi;
  readonly workflows: ScriptedWorkflows;
  /** Runs a machine of the product with these answers and keeps its history; one that waits for a token stays open. */
  record(machine: MachineName, name: string, input: Json, answers: Answers): Promise<void>;
}

const taskOf = (parameters: Json): string => /\$\{task:([^}]+)\}/.exec(JSON.stringify(parameters))?.[1] ?? "";

const carried = (details: { readonly [name: string]: Json | undefined }): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(details).flatMap(([name, value]): [string, Json][] => (value === undefined ? [] : [[name, value]])),
  );

/** The API over executions that the interpreter made of the product's own machines. */
export const recordedWorkflows = async (): Promise<RecordedWorkflows> => {
  const definitions = Object.fromEntries(Object.entries(MACHINES).map(([name, { definition }]) => [name, definition]));
  const workflows = scriptedWorkflows(definitions, START);
  const api = await testApi({}, allRoutes, { workflows });
  const record: RecordedWorkflows["record"] = async (machine, name, input, answers) => {
    const { executionArn } = await workflows.start({ machine, name, input });
    const { definition } = await workflows.describe(executionArn);
    // An execution that waits is left there: what the interpreter would tell when it is ended is not part of the record.
    const left = new AbortController();
    const asked = new Promise<undefined>((resolve) => left.signal.addEventListener("abort", () => resolve(undefined)));
    const tasks: TaskRunner = {
      invoke: async ({ parameters }) => answers(taskOf(parameters)),
      answer: () => new Promise(() => left.abort()),
    };
    const ending = execute({
      machine: parseMachine(definition),
      input,
      identity: identityOf({
        region: "local",
        account: "000000000000",
        machineName: machine,
        executionName: name,
        roleArn: "arn:aws:iam::000000000000:role/test",
        type: "STANDARD",
      }),
      effects: { journal: memoryJournal(), tasks, timer: wallTimer, objects: memoryObjects() },
      seed: name,
      signal: left.signal,
      onEvent: ({ type, state, details }) => {
        if (type !== "ExecutionStarted" && !left.signal.aborted)
          workflows.tell(executionArn, type, state ?? undefined, carried(details));
      },
    });
    const ended = await Promise.race([ending, asked]);
    if (ended === undefined) return;
    const { status, output, error, cause } = ended;
    workflows.end(executionArn, status, {
      ...(output === undefined ? {} : { output }),
      ...(error === null ? {} : { error }),
      ...(cause === null ? {} : { cause }),
    });
  };
  return { api, workflows, record };
};
