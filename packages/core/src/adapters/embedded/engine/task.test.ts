import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENGINE_START, machineOf, runMachine, taskRunner, taskState } from "../../../../testing/engine.ts";
import type { TaskOutcome } from "./effects.ts";
import { memoryJournal } from "./memory-journal.ts";
import { randomOf } from "./random.ts";
import { backoffSeconds, jittered } from "./retry.ts";

const never = new Promise<never>(() => {});
const callback = (more: object): object => ({
  Type: "Task",
  Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
  Parameters: { "token.$": "$$.Task.Token" },
  ...more,
});

describe("time limits", () => {
  it("a task that does not answer within its TimeoutSeconds fails with States.Timeout, which States.TaskFailed does not catch", async () => {
    const definition = {
      StartAt: "Slow",
      States: {
        Slow: taskState("slow", {
          TimeoutSeconds: 7,
          Catch: [
            { ErrorEquals: ["States.TaskFailed"], Next: "Wrong" },
            { ErrorEquals: ["States.Timeout"], Next: "Right" },
          ],
          End: true,
        }),
        Wrong: { Type: "Fail" },
        Right: { Type: "Succeed" },
      },
    };
    const ended = await runMachine({ definition, tasks: taskRunner({ slow: () => never }) });
    expect(ended.output).toEqual({ Error: "States.Timeout", Cause: "" });
    expect(ended.stoppedAt - ENGINE_START).toBe(7_000);
    expect(ended.history.map((event) => event.type)).toContain("LambdaFunctionTimedOut");
  });

  it("a task that waits for its token and is silent for longer than HeartbeatSeconds times out then", async () => {
    const definition = machineOf(callback({ TimeoutSeconds: 600, HeartbeatSeconds: 10, End: true }));
    const ended = await runMachine({ definition, tasks: taskRunner({}, () => never) });
    expect(ended).toMatchObject({ status: "FAILED", error: "States.Timeout" });
    expect(ended.stoppedAt - ENGINE_START).toBe(10_000);
  });

  it("every heartbeat begins the silence anew, but does not move the end of the task's time", async () => {
    const beats = [9, 18, 27].map((seconds) => ENGINE_START + seconds * 1000);
    const definition = (timeout: number): object =>
      machineOf(callback({ TimeoutSeconds: timeout, HeartbeatSeconds: 10, End: true }));
    const tasks = taskRunner({}, (_, onHeartbeat) => {
      beats.forEach(onHeartbeat);
      return never;
    });
    const silent = await runMachine({ definition: definition(600), tasks });
    expect(silent.stoppedAt - ENGINE_START).toBe(37_000);
    const late = await runMachine({ definition: definition(20), tasks });
    expect(late.stoppedAt - ENGINE_START).toBe(20_000);
  });

  it("a missing heartbeat can be caught by its own name too", async () => {
    const definition = {
      StartAt: "Ask",
      States: {
        Ask: callback({
          HeartbeatSeconds: 10,
          Catch: [{ ErrorEquals: ["States.HeartbeatTimeout"], Next: "Caught" }],
          End: true,
        }),
        Caught: { Type: "Succeed" },
      },
    };
    const ended = await runMachine({ definition, tasks: taskRunner({}, () => never) });
    expect(ended.status).toBe("SUCCEEDED");
  });

  it("the time to wait for a token goes on over a restart, and so does the token", async () => {
    const entries = new Map();
    const tokens: unknown[] = [];
    const definition = machineOf(callback({ TimeoutSeconds: 60, End: true }));
    const ask = (outcome: () => Promise<TaskOutcome>) =>
      taskRunner({}, (call) => {
        tokens.push(call.token);
        return outcome();
      });
    const dying = ask(() => Promise.reject(new Error("the process dies")));
    await expect(runMachine({ definition, tasks: dying, journal: memoryJournal(entries) })).rejects.toThrow("dies");
    const ended = await runMachine({ definition, tasks: ask(() => never), journal: memoryJournal(entries) });
    expect(ended.stoppedAt - ENGINE_START).toBe(60_000);
    expect(tokens[1]).toBe(tokens[0]);
  });
});

describe("retries", () => {
  it("come after the interval, each later by the rate, up to the longest delay", async () => {
    const Retry = [
      { ErrorEquals: ["States.ALL"], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 10, MaxAttempts: 4 },
    ];
    const ended = await runMachine({
      definition: machineOf(taskState("bad", { Retry, End: true })),
      tasks: taskRunner({ bad: () => ({ error: "Bad", cause: null }) }),
    });
    const tries = ended.history.filter(({ type }) => type === "LambdaFunctionScheduled").map(({ at }) => at);
    expect(tries.map((time) => (time - ENGINE_START) / 1000)).toEqual([0, 2, 8, 18, 28]);
  });

  it("with full jitter come after at least nothing and less than the backoff, spread over it", () => {
    const retrier = { ErrorEquals: ["States.ALL"], IntervalSeconds: 4, JitterStrategy: "FULL" as const };
    const waits = Array.from({ length: 400 }, (_, index) => jittered(retrier, 8, randomOf("seed", String(index))));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...waits)).toBeLessThan(8);
    expect(Math.min(...waits)).toBeLessThan(1);
    expect(Math.max(...waits)).toBeGreaterThan(7);
    expect(jittered({ ...retrier, JitterStrategy: "NONE" }, 8, randomOf("seed", ""))).toBe(8);
  });

  it("are never more than allowed and never wait longer than the longest delay", () => {
    const retrier = fc.record({
      ErrorEquals: fc.constant<string[]>(["States.ALL"]),
      IntervalSeconds: fc.integer({ min: 1, max: 1000 }),
      BackoffRate: fc.double({ min: 1, max: 10, noNaN: true }),
      MaxAttempts: fc.integer({ min: 0, max: 20 }),
      MaxDelaySeconds: fc.integer({ min: 1, max: 10_000 }),
    });
    fc.assert(
      fc.property(retrier, fc.nat(30), (rule, made) => {
        const seconds = backoffSeconds(rule, made);
        expect(seconds === undefined).toBe(made >= rule.MaxAttempts);
        expect(seconds ?? 0).toBeLessThanOrEqual(rule.MaxDelaySeconds);
      }),
    );
  });

  it("do not try again what States.Runtime stopped", async () => {
    const calls: number[] = [];
    const definition = machineOf(
      taskState("good", {
        OutputPath: "$.missing",
        Retry: [{ ErrorEquals: ["States.ALL", "States.Runtime"] }],
        End: true,
      }),
    );
    const tasks = taskRunner({ good: () => ({ output: calls.push(1) }) });
    const ended = await runMachine({ definition, tasks });
    expect(ended.error).toBe("States.Runtime");
    expect(calls).toHaveLength(1);
  });
});
