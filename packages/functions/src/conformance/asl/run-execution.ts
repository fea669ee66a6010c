import { parseMachine } from "@commops/core/adapters/embedded/engine/definition.ts";
import { type EndedExecution, executeTold, identityOf } from "@commops/core/adapters/embedded/engine/execute.ts";
import { memoryJournal } from "@commops/core/adapters/embedded/engine/memory-journal.ts";
import { memoryObjects } from "@commops/core/adapters/embedded/engine/memory-objects.ts";
import {
  NEVER,
  type ScriptedAnswer,
  type ScriptedTasks,
  scriptedTasks,
} from "@commops/core/adapters/embedded/engine/scripted-tasks.ts";
import { virtualTimer } from "@commops/core/adapters/embedded/engine/timers.ts";
import type { Json } from "@commops/core/kernel";
import type { ExecutionCase, RecordedTask } from "./case.ts";
import { normalized, same } from "./compare.ts";
import { lambdaOf } from "./lambdas.ts";
import type { Verdict } from "./verdict.ts";

const START = Date.UTC(2025, 0, 1);
/** From then on the context object counts redrives; recordings from before do not have the count. */
const REDRIVE_SINCE = "2023-11-15";

const answerOf = ({ state, event, output, error, cause }: RecordedTask): ScriptedAnswer => {
  if (event.endsWith("TimedOut")) return { state, outcome: NEVER };
  return { state, outcome: output === undefined ? { error: error ?? null, cause: cause ?? null } : { output } };
};

const withoutRedrives = (value: Json, subject: ExecutionCase): Json =>
  (subject.validatedOnAws ?? REDRIVE_SINCE) >= REDRIVE_SINCE
    ? value
    : (JSON.parse(
        JSON.stringify(value, (name, member: Json) => (name === "RedriveCount" ? undefined : member)),
      ) as Json);

const taskFaults = (subject: ExecutionCase, tasks: ScriptedTasks): string[] => {
  const recorded = new Map<string, RecordedTask[]>();
  for (const one of subject.mocks) recorded.set(one.state, [...(recorded.get(one.state) ?? []), one]);
  const differing = tasks.calls.flatMap(({ state, parameters }) => {
    const expected = recorded.get(state)?.shift()?.params;
    const found = normalized(withoutRedrives(parameters, subject), subject);
    return expected === undefined || same(expected, found, subject)
      ? []
      : [`${state} was called with ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
  });
  return [...differing, ...tasks.left().map(({ state }) => `${state} was not called as often as recorded`)];
};

const resultFaults = (subject: ExecutionCase, ended: EndedExecution): string[] => {
  if (ended.status !== subject.status)
    return [`ended as ${ended.status} (${ended.error ?? ""}: ${ended.cause ?? ""}), not ${subject.status}`];
  if (ended.output === undefined)
    return ended.error === (subject.expectedError ?? null)
      ? []
      : [`failed with ${String(ended.error)} (${String(ended.cause)}), not ${String(subject.expectedError)}`];
  const found = normalized(withoutRedrives(ended.output, subject), subject);
  const { expectedOutput = null } = subject;
  return same(expectedOutput, found, subject)
    ? []
    : [`gave ${JSON.stringify(found)}, not ${JSON.stringify(expectedOutput)}`];
};

const isCauseSame = (subject: ExecutionCase, ended: EndedExecution): boolean | undefined => {
  if (ended.status === "SUCCEEDED") return undefined;
  return same(subject.expectedCause ?? "", normalized(ended.cause ?? "", subject), subject);
};

/** Runs a recorded execution on a clock that does not wait, with the recorded answers of its tasks. */
export const runExecution = async (subject: ExecutionCase): Promise<Verdict> => {
  const tasks = scriptedTasks(subject.mocks.map(answerOf), lambdaOf(subject.lambdas));
  const ended = await executeTold({
    machine: parseMachine(subject.definition),
    input: subject.input,
    identity: identityOf({
      region: "us-east-1",
      account: "111111111111",
      machineName: "machine",
      executionName: "execution",
      roleArn: "arn:aws:iam::111111111111:role/r",
      type: subject.type,
    }),
    effects: {
      journal: memoryJournal(),
      tasks,
      timer: virtualTimer(START),
      objects: memoryObjects(new Map(Object.entries(subject.s3))),
    },
    seed: subject.name,
    mostAtOnce: 1,
  });
  const types = ended.history.map((event) => event.type);
  return {
    faults: [...resultFaults(subject, ended), ...taskFaults(subject, tasks)],
    isCauseSame: isCauseSame(subject, ended),
    isHistorySame: subject.eventTypes && types.join() === subject.eventTypes.join(),
  };
};
