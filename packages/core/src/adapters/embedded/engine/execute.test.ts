import { expect, it } from "vitest";
import { ENGINE_START, machineOf, runMachine, taskRunner, taskState } from "../../../../testing/engine.ts";
import type { Json } from "../../../kernel/index.ts";
import type { HistoryEvent } from "./history.ts";
import { memoryJournal } from "./memory-journal.ts";

const DAY = 86_400_000;

it("a wait longer than setTimeout can count lasts exactly as long, without waiting", async () => {
  const days = 400;
  const ended = await runMachine({ definition: machineOf({ Type: "Wait", Seconds: days * 86_400, End: true }) });
  expect(ended.status).toBe("SUCCEEDED");
  expect(ended.stoppedAt - ENGINE_START).toBe(days * DAY);
});

it("a wait beyond 2^31 - 1 seconds is refused, as on AWS", async () => {
  const ended = await runMachine({ definition: machineOf({ Type: "Wait", Seconds: 2 ** 31, End: true }) });
  expect(ended).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  expect(ended.cause).toContain("Wait state delay is too long.");
});

it("an execution that takes longer than its TimeoutSeconds ends as timed out at that time, whatever its states catch", async () => {
  const definition = {
    StartAt: "Slow",
    TimeoutSeconds: 60,
    States: {
      Slow: taskState("slow", { Catch: [{ ErrorEquals: ["States.ALL"], Next: "Caught" }], End: true }),
      Caught: { Type: "Succeed" },
    },
  };
  const never = new Promise<never>(() => {});
  const ended = await runMachine({ definition, tasks: taskRunner({ slow: () => never }) });
  expect(ended).toMatchObject({ status: "TIMED_OUT", error: "States.Timeout", output: undefined });
  expect(ended.stoppedAt - ENGINE_START).toBe(60_000);
  expect(ended.history.at(-1)?.type).toBe("ExecutionTimedOut");
});

it("an execution that is aborted ends as aborted and starts no further state", async () => {
  const stop = new AbortController();
  const called: string[] = [];
  const definition = {
    StartAt: "First",
    States: { First: taskState("first", { Next: "Second" }), Second: taskState("second") },
  };
  const note = (name: string) => () => {
    called.push(name);
    stop.abort();
    return { output: null };
  };
  const tasks = taskRunner({ first: note("first"), second: note("second") });
  const ended = await runMachine({ definition, tasks, signal: stop.signal });
  expect(ended.status).toBe("ABORTED");
  expect(called).toEqual(["first"]);
});

it("an endless loop ends at 25,000 events, and nothing catches that", async () => {
  const definition = {
    StartAt: "Around",
    States: { Around: { Type: "Pass", Next: "Again" }, Again: { Type: "Pass", Next: "Around" } },
  };
  const ended = await runMachine({ definition });
  expect(ended).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  expect(ended.history).toHaveLength(25_000);
});

it("what a task gives beyond 256 KiB can be caught; the same of a Pass cannot be passed on", async () => {
  const large = "x".repeat(262_144);
  const definition = {
    StartAt: "Large",
    States: {
      Large: taskState("large", { Catch: [{ ErrorEquals: ["States.ALL"], Next: "Caught" }], End: true }),
      Caught: { Type: "Pass", Parameters: { "error.$": "$.Error" }, End: true },
    },
  };
  const ofTask = await runMachine({ definition, tasks: taskRunner({ large: () => ({ output: large }) }) });
  expect(ofTask.output).toEqual({ error: "States.DataLimitExceeded" });
  const ofPass = await runMachine({ definition: machineOf({ Type: "Pass", Result: large, End: true }) });
  expect(ofPass).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
});

it("an input beyond 256 KiB starts nothing", async () => {
  const start = runMachine({ definition: machineOf({ Type: "Succeed" }), input: "x".repeat(262_144) });
  await expect(start).rejects.toMatchObject({ kind: "invalid" });
});

/** Three tasks with a wait, a retry and random values between them; the process dies when the last task begins. */
const interrupted = {
  StartAt: "First",
  States: {
    First: taskState("count", {
      Parameters: { name: "first", "id.$": "States.UUID()" },
      ResultPath: "$.first",
      Next: "Pause",
    }),
    Pause: { Type: "Wait", Seconds: 3600, Next: "Each" },
    Each: {
      Type: "Map",
      ItemsPath: "$.items",
      MaxConcurrency: 1,
      ItemProcessor: {
        StartAt: "Work",
        States: {
          Work: taskState("count", {
            Parameters: { "name.$": "$" },
            Retry: [{ ErrorEquals: ["Busy"], MaxAttempts: 2 }],
            End: true,
          }),
        },
      },
      ResultPath: "$.each",
      Next: "Last",
    },
    Last: taskState("count", { Parameters: { name: "last" }, ResultPath: "$.last", End: true }),
  },
};

const counting = (counts: Map<string, number>, dies: boolean) =>
  taskRunner({
    count: (parameters) => {
      const { name, id } = parameters as { name: string; id?: string };
      if (dies && name === "last") throw new Error("the process dies");
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      if (name === "b" && count === 1) return { error: "Busy", cause: null };
      return { output: id ?? name };
    },
  });

const INPUT: Json = { items: ["a", "b"] };

it("after a crash an execution goes on where its journal has it: no task is done twice, and random values stay", async () => {
  const entries = new Map<string, Json>();
  const counts = new Map<string, number>();
  const first = { definition: interrupted, input: INPUT, journal: memoryJournal(entries) };
  await expect(runMachine({ ...first, tasks: counting(counts, true) })).rejects.toThrow("the process dies");
  const again = { ...first, journal: memoryJournal(entries) };
  const ended = await runMachine({ ...again, tasks: counting(counts, false) });
  expect(ended.status).toBe("SUCCEEDED");
  expect(Object.fromEntries(counts)).toEqual({ first: 1, a: 1, b: 2, last: 1 });
  const undisturbed = await runMachine({ definition: interrupted, input: INPUT, tasks: counting(new Map(), false) });
  expect(ended.output).toEqual(undisturbed.output);
});

it("without a journal the same crash does tasks twice", async () => {
  const counts = new Map<string, number>();
  const run = { definition: interrupted, input: INPUT };
  await expect(runMachine({ ...run, tasks: counting(counts, true) })).rejects.toThrow("the process dies");
  await runMachine({ ...run, tasks: counting(counts, false) });
  expect(counts.get("first")).toBe(2);
});

it("events are told as they happen, with what went in and came out of executions, states and tasks", async () => {
  const told: HistoryEvent[] = [];
  const definition = machineOf(taskState("add", { Parameters: { of: 1 }, ResultPath: "$.sum", End: true }));
  let toldBeforeTheTask = 0;
  const tasks = taskRunner({
    add: () => {
      toldBeforeTheTask = told.length;
      return { output: 2 };
    },
  });
  await runMachine({ definition, input: { a: 0 }, tasks, onEvent: (event) => void told.push(event) });
  expect(toldBeforeTheTask).toBe(4);
  expect(told.map(({ type, state, details }) => [type, state, details.input ?? details.output])).toEqual([
    ["ExecutionStarted", null, { a: 0 }],
    ["TaskStateEntered", "Only", { a: 0 }],
    ["LambdaFunctionScheduled", "Only", { of: 1 }],
    ["LambdaFunctionStarted", "Only", undefined],
    ["LambdaFunctionSucceeded", "Only", 2],
    ["TaskStateExited", "Only", { a: 0, sum: 2 }],
    ["ExecutionSucceeded", null, { a: 0, sum: 2 }],
  ]);
});
