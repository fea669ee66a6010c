import { machineOf, runMachine, taskRunner, taskState } from "@commops/core/testing/engine.ts";
import type { Json } from "@commops/core/kernel";
import { expect, test } from "vitest";
import { progressReader } from "./progress.ts";
import type { BareEvent } from "./visits.ts";

interface Told {
  readonly id: number;
  readonly type: string;
  readonly state: string | null;
}

const progressOf = (definition: Json, events: readonly BareEvent[]) => {
  const reader = progressReader(definition);
  for (const event of events) reader.read(event);
  return reader.progress();
};

/** Events as the embedded engine tells them. */
const told = (events: readonly Told[]): BareEvent[] =>
  events.map(({ id, type, state }) => ({ id, previousId: id - 1, type, state: state ?? undefined }));

/** Events as AWS lists them: only entering and leaving name the state, the rest follows on what came before. */
const listed = (events: readonly (readonly [type: string, previousId: number, state?: string])[]): BareEvent[] =>
  events.map(([type, previousId, state], index) => ({ id: index + 1, previousId, type, state }));

const standings = (progress: ReturnType<typeof progressOf>) =>
  Object.fromEntries(progress.states.map((state) => [state.name, state.standing]));

const waiting: Json = {
  StartAt: "Ask",
  States: {
    Ask: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
      Catch: [{ ErrorEquals: ["States.Timeout"], Next: "Escalate" }],
      Next: "Done",
    },
    Escalate: { Type: "Pass", Next: "Ask" },
    Done: { Type: "Succeed" },
  },
};

test("a task that handed out its token waits; answered, it has succeeded and its way was taken", () => {
  const asked = [
    ["ExecutionStarted", 0],
    ["TaskStateEntered", 0, "Ask"],
    ["TaskScheduled", 2],
    ["TaskStarted", 3],
    ["TaskSubmitted", 4],
  ] as const;
  expect(standings(progressOf(waiting, listed(asked)))).toEqual({
    Ask: "waiting",
    Escalate: "not_reached",
    Done: "not_reached",
  });
  const answered = [
    ...asked,
    ["TaskSucceeded", 5],
    ["TaskStateExited", 6, "Ask"],
    ["SucceedStateEntered", 7, "Done"],
    ["SucceedStateExited", 8, "Done"],
    ["ExecutionSucceeded", 9],
  ] as const;
  const progress = progressOf(waiting, listed(answered));
  expect(standings(progress)).toEqual({ Ask: "succeeded", Escalate: "not_reached", Done: "succeeded" });
  expect(progress.path).toEqual([
    { from: null, to: "Ask", times: 1 },
    { from: "Ask", to: "Done", times: 1 },
    { from: "Done", to: null, times: 1 },
  ]);
});

test("an error that was caught is told from success, and a loop counts how often it was gone", () => {
  const progress = progressOf(
    waiting,
    listed([
      ["ExecutionStarted", 0],
      ["TaskStateEntered", 0, "Ask"],
      ["TaskScheduled", 2],
      ["TaskSubmitted", 3],
      ["TaskTimedOut", 4],
      ["TaskStateExited", 5, "Ask"],
      ["PassStateEntered", 6, "Escalate"],
      ["PassStateExited", 7, "Escalate"],
      ["TaskStateEntered", 8, "Ask"],
      ["TaskScheduled", 9],
      ["TaskFailed", 10],
    ]),
  );
  expect(standings(progress)).toMatchObject({ Ask: "retrying", Escalate: "succeeded" });
  expect(progress.states[0]).toMatchObject({
    attempts: 2,
    visits: { entered: 2, caught: 1, running: 1, succeeded: 0 },
  });
  expect(progress.path).toContainEqual({ from: "Escalate", to: "Ask", times: 1 });
});

test.each([
  ["ExecutionFailed", "failed"],
  ["ExecutionAborted", "aborted"],
  ["ExecutionTimedOut", "aborted"],
] as const)("what ran when the execution ended by %s is %s, and runs again once it is redriven", (end, standing) => {
  const ended = [
    ["ExecutionStarted", 0],
    ["TaskStateEntered", 0, "Ask"],
    ["TaskScheduled", 2],
    [end, 3],
  ] as const;
  expect(standings(progressOf(waiting, listed(ended)))).toMatchObject({ Ask: standing });
  const redriven = [...ended, ["ExecutionRedriven", 4], ["TaskScheduled", 5]] as const;
  const progress = progressOf(waiting, listed(redriven));
  expect(standings(progress)).toMatchObject({ Ask: "running" });
  expect(progress.states[0]).toMatchObject({ attempts: 2, visits: { entered: 1, running: 1, failed: 0, aborted: 0 } });
  const enteredAgain = progressOf(
    waiting,
    listed([...ended, ["ExecutionRedriven", 4], ["TaskStateEntered", 5, "Ask"]]),
  );
  expect(enteredAgain.states[0]).toMatchObject({ visits: { entered: 1, running: 1, failed: 0, aborted: 0 } });
});

const each: Json = {
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      ItemProcessor: {
        StartAt: "Work",
        States: { Work: { Type: "Task", Resource: "arn:aws:states:::x:y", End: true } },
      },
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "Told" }],
      End: true,
    },
    Told: { Type: "Pass", End: true },
  },
};

test("iterations of a Map are counted, and what they do at the same time is not mixed up", () => {
  const progress = progressOf(
    each,
    listed([
      ["ExecutionStarted", 0],
      ["MapStateEntered", 0, "Each"],
      ["MapStateStarted", 2],
      ["MapIterationStarted", 3, "Each"],
      ["MapIterationStarted", 3, "Each"],
      ["TaskStateEntered", 4, "Work"],
      ["TaskStateEntered", 5, "Work"],
      ["TaskScheduled", 6],
      ["TaskScheduled", 7],
      ["TaskSucceeded", 9],
      ["TaskStateExited", 10, "Work"],
      ["MapIterationSucceeded", 11, "Each"],
      ["TaskFailed", 8],
      ["TaskStateAborted", 13],
      ["MapIterationFailed", 14, "Each"],
      ["MapStateFailed", 15],
      ["MapStateExited", 16, "Each"],
      ["PassStateEntered", 17, "Told"],
    ]),
  );
  expect(progress.states.find((state) => state.name === "Each")).toMatchObject({
    standing: "caught",
    iterations: { started: 2, succeeded: 1, failed: 1, aborted: 0 },
  });
  expect(progress.states.find((state) => state.name === "Work")).toMatchObject({
    standing: "failed",
    visits: { entered: 2, succeeded: 1, failed: 1, running: 0 },
  });
  expect(progress.path).toContainEqual({ from: "Each", to: "Told", times: 1 });
});

test("the events of the embedded engine read the same: a Map over three, one of which is caught within", async () => {
  const definition = {
    StartAt: "Each",
    States: {
      Each: {
        Type: "Map",
        MaxConcurrency: 2,
        ItemProcessor: {
          StartAt: "Work",
          States: {
            Work: {
              ...taskState("work", {
                Next: "Ended",
                Retry: [{ ErrorEquals: ["Busy"], IntervalSeconds: 1, MaxAttempts: 1 }],
              }),
              Catch: [{ ErrorEquals: ["States.ALL"], Next: "Ended" }],
            },
            Ended: { Type: "Pass", End: true },
          },
        },
        End: true,
      },
    },
  };
  const tasks = taskRunner({ work: (input) => (input === 2 ? { error: "Busy", cause: "later" } : { output: "ok" }) });
  const ended = await runMachine({ definition, input: [1, 2, 3], tasks });
  const progress = progressOf(definition, told(ended.history));
  expect(ended.status).toBe("SUCCEEDED");
  expect(progress.states).toMatchObject([
    { name: "Each", standing: "succeeded", iterations: { started: 3, succeeded: 3, failed: 0, aborted: 0 } },
    { name: "Work", standing: "caught", attempts: 4, visits: { entered: 3, running: 0 } },
    { name: "Ended", standing: "succeeded", visits: { entered: 3, succeeded: 3 } },
  ]);
  expect(progress.path).toEqual([
    { from: null, to: "Each", times: 1 },
    { from: "Work", to: "Ended", times: 3 },
    { from: "Each", to: null, times: 1 },
  ]);
});

test("a failing execution of the embedded engine names the state that failed and what it stopped", async () => {
  const definition = machineOf(taskState("work", { End: true }));
  const tasks = taskRunner({ work: () => ({ error: "Broken", cause: null }) });
  const ended = await runMachine({ definition, input: {}, tasks });
  expect(standings(progressOf(definition as unknown as Json, told(ended.history)))).toEqual({ Only: "failed" });
});

test("states of a distributed Map that was begun stand elsewhere: their events are in executions of their own", () => {
  const definition: Json = {
    StartAt: "Each",
    States: {
      Each: {
        Type: "Map",
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
          StartAt: "Work",
          States: { Work: { Type: "Pass", End: true } },
        },
        End: true,
      },
    },
  };
  expect(standings(progressOf(definition, []))).toEqual({ Each: "not_reached", Work: "not_reached" });
  const begun = listed([
    ["ExecutionStarted", 0],
    ["MapStateEntered", 0, "Each"],
    ["MapStateStarted", 2],
    ["MapRunStarted", 3],
  ]);
  expect(standings(progressOf(definition, begun))).toEqual({ Each: "running", Work: "elsewhere" });
});
