import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testDatabase } from "../../../../../testing/database.ts";
import { type StandingTimer, standingTimer } from "../../../../../testing/engine-clock.ts";
import { memoryFiles } from "../../../../../testing/files.ts";
import { eventually } from "../../../../../testing/workflows-contract/rig.ts";
import { type Json, Problem } from "../../../../kernel/index.ts";
import { workflowExecution as table } from "../../../../workflows/execution.sql.ts";
import type { Database, ExecutionDetail } from "../../../../ports/index.ts";
import { type EmbeddedWorkflows, openWorkflows } from "../../workflows.ts";
import type { TaskFunction } from "./tasks.ts";

const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

let database: Database;
let timer: StandingTimer;
let servers: EmbeddedWorkflows[] = [];
beforeEach(async () => {
  database = await testDatabase();
  timer = standingTimer(START);
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
  await database.close();
});

type Functions = Readonly<Record<string, TaskFunction>>;

/** A server on the one database. Two of them do not know of each other. */
const server = (machines: Readonly<Record<string, unknown>>, functions: Functions, onTimer = timer) => {
  const errors: unknown[] = [];
  const workflows = openWorkflows({ database, files: memoryFiles(), machines, timer: onTimer });
  workflows.run(functions, (_, error) => void errors.push(error));
  servers.push(workflows);
  return { workflows, errors };
};

const ended = (workflows: EmbeddedWorkflows, executionArn: string): Promise<ExecutionDetail> =>
  eventually(async () => {
    const found = await workflows.describe(executionArn);
    return found.status === "RUNNING" ? undefined : found;
  });

/** Until nobody holds the execution: it waits in the database alone, for a time to come (one that was just started waits for nothing). */
const parked = (executionArn: string): Promise<Date> =>
  eventually(() =>
    database.transaction("operator", async (tx) => {
      const [row] = await tx
        .select({ runner: table.runner, wakeAt: table.wakeAt, status: table.status })
        .from(table)
        .where(eq(table.executionArn, executionArn));
      const isParked = row?.runner === null && row.status === "RUNNING" && (row.wakeAt?.getTime() ?? 0) > timer.now();
      return isParked ? (row.wakeAt ?? undefined) : undefined;
    }),
  );

const task = (name: string, more: object): object => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: `\${task:${name}}`, Payload: "{% $states.input %}" },
  Output: "{% $states.result.Payload %}",
  ...more,
});

const machine = (StartAt: string, States: object): object => ({ QueryLanguage: "JSONata", StartAt, States });

/** Counts how often each function was called, by its payload. */
const counting = (work: (name: string, payload: Json) => Json = (name) => name) => {
  const calls: string[] = [];
  const counted =
    (name: string): TaskFunction =>
    (payload) => {
      calls.push(`${name} ${JSON.stringify(payload)}`);
      return work(name, payload);
    };
  return { calls, counted };
};

test("a wait of 40 days leaves memory, and another server goes on when it is over, with nothing done twice", async () => {
  const machines = {
    slow: machine("First", {
      First: task("first", { Next: "Wait" }),
      Wait: { Type: "Wait", Seconds: (40 * DAY) / 1000, Next: "Last" },
      Last: task("last", { End: true }),
    }),
  };
  const { calls, counted } = counting();
  const functions = { first: counted("first"), last: counted("last") };
  const before = server(machines, functions).workflows;
  const { executionArn } = await before.start({ machine: "slow", name: "one", input: { a: 1 } });
  expect((await parked(executionArn)).getTime()).toBe(START + 40 * DAY);
  await before.close();
  const after = server(machines, functions).workflows;
  timer.advanceTo(START + 40 * DAY - 2_000);
  expect(calls).toEqual(['first {"a":1}']);
  timer.advanceTo(START + 40 * DAY);
  expect(await ended(after, executionArn)).toMatchObject({ status: "SUCCEEDED", output: "last" });
  expect(calls).toEqual(['first {"a":1}', 'last "first"']);
});

test("many sleepers within a Parallel and a Map are parked together and each wakes at its own time", async () => {
  const nap = (days: number): object =>
    machine("Nap", {
      Nap: { Type: "Wait", Seconds: (days * DAY) / 1000, Next: "Done" },
      Done: task("done", { End: true }),
    });
  const each = {
    StartAt: "Nap",
    States: {
      Nap: { Type: "Wait", Seconds: "{% $states.input * 86400 %}", Next: "Done" },
      Done: task("done", { End: true }),
    },
    ProcessorConfig: { Mode: "INLINE" },
  };
  const machines = {
    naps: machine("All", {
      All: {
        Type: "Parallel",
        Branches: [
          nap(25),
          nap(50),
          machine("Each", { Each: { Type: "Map", Items: [30, 60, 30], ItemProcessor: each, End: true } }),
        ],
        End: true,
      },
    }),
  };
  const times: number[] = [];
  const functions: Functions = { done: () => times.push(Math.round((timer.now() - START) / DAY)) };
  const { workflows } = server(machines, functions);
  const { executionArn } = await workflows.start({ machine: "naps", name: "one", input: {} });
  for (const day of [25, 30, 50, 60]) {
    await eventually(async () => ((await parked(executionArn)).getTime() === START + day * DAY ? true : undefined));
    timer.advanceTo(START + day * DAY);
  }
  expect((await ended(workflows, executionArn)).status).toBe("SUCCEEDED");
  expect(times).toEqual([25, 30, 30, 50, 60]);
});

test("a retry's pause survives a server that dies, and its attempts are counted on", async () => {
  const Retry = [{ ErrorEquals: ["Busy"], IntervalSeconds: 3600, MaxAttempts: 2, BackoffRate: 2 }];
  const machines = { retried: machine("Try", { Try: task("try", { Retry, End: true }) }) };
  let tries = 0;
  const functions: Functions = {
    try: () => {
      tries += 1;
      if (tries < 3) throw Object.assign(new Error("busy"), { name: "Busy" });
      return tries;
    },
  };
  const first = server(machines, functions).workflows;
  const { executionArn } = await first.start({ machine: "retried", name: "one", input: {} });
  expect((await parked(executionArn)).getTime()).toBe(START + 3_600_000);
  await first.close();
  const second = server(machines, functions).workflows;
  timer.advanceTo(START + 3_600_000);
  await eventually(async () => ((await parked(executionArn)).getTime() === START + 3 * 3_600_000 ? true : undefined));
  timer.advanceTo(START + 3 * 3_600_000);
  expect(await ended(second, executionArn)).toMatchObject({ status: "SUCCEEDED", output: 3 });
});

const asking = (more: object): object =>
  machine("Ask", {
    Ask: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
      Arguments: { FunctionName: "${task:ask}", Payload: { token: "{% $states.context.Task.Token %}" } },
      ...more,
      End: true,
    },
  });

test("a task that waits for its token is parked; its answer wakes it, and heartbeats keep it alive meanwhile", async () => {
  const tokens: string[] = [];
  const functions: Functions = {
    ask: (payload) => tokens.push((payload as { token: string }).token),
  };
  const { workflows } = server({ asking: asking({ HeartbeatSeconds: 3600, TimeoutSeconds: 40 * 86_400 }) }, functions);
  const { executionArn } = await workflows.start({ machine: "asking", name: "one", input: {} });
  await parked(executionArn);
  for (let hours = 1; hours <= 4; hours += 1) {
    timer.advanceTo(START + hours * 3_600_000 - 60_000 * hours);
    await workflows.heartbeat(tokens[0] ?? "");
  }
  await eventually(async () => ((await parked(executionArn)).getTime() > timer.now() ? true : undefined));
  expect((await workflows.describe(executionArn)).status).toBe("RUNNING");
  await workflows.succeed(tokens[0] ?? "", { yes: true });
  expect(await ended(workflows, executionArn)).toMatchObject({ status: "SUCCEEDED", output: { yes: true } });
  expect(tokens).toHaveLength(1);
});

test("an answer that came while no server ran is found by the next one", async () => {
  const tokens: string[] = [];
  const machines = { asking: asking({ TimeoutSeconds: 86_400 }) };
  const functions: Functions = { ask: (payload) => tokens.push((payload as { token: string }).token) };
  const first = server(machines, functions).workflows;
  const { executionArn } = await first.start({ machine: "asking", name: "one", input: {} });
  await parked(executionArn);
  await first.close();
  await first.succeed(tokens[0] ?? "", 7);
  const second = server(machines, functions).workflows;
  expect(await ended(second, executionArn)).toMatchObject({ status: "SUCCEEDED", output: 7 });
});

test("a token of a branch that was given up is dead", async () => {
  const tokens: string[] = [];
  const branch = asking({ TimeoutSeconds: 86_400 });
  const machines = {
    torn: machine("Both", {
      Both: {
        Type: "Parallel",
        Branches: [
          branch,
          machine("No", { No: { Type: "Wait", Seconds: 60, Next: "Fail" }, Fail: { Type: "Fail", Error: "No" } }),
        ],
        Catch: [{ ErrorEquals: ["No"], Next: "Rest" }],
        End: true,
      },
      Rest: { Type: "Wait", Seconds: 86_400, End: true },
    }),
  };
  const functions: Functions = { ask: (payload) => tokens.push((payload as { token: string }).token) };
  const { workflows } = server(machines, functions);
  const { executionArn } = await workflows.start({ machine: "torn", name: "one", input: {} });
  await parked(executionArn);
  timer.advanceTo(START + 60_000);
  await eventually(async () => ((await parked(executionArn)).getTime() > START + DAY ? true : undefined));
  await expect(workflows.succeed(tokens[0] ?? "", {})).rejects.toMatchObject({ code: "TASK_TIMED_OUT" });
});

test("a stop ends an execution whose task is in flight, and what the task then saves is not kept", async () => {
  const machines = { long: machine("Long", { Long: task("long", { End: true }) }) };
  const { promise: isInFlight, resolve: tellInFlight } = Promise.withResolvers<void>();
  const { promise: isStopped, resolve: tellStopped } = Promise.withResolvers<void>();
  const saves: unknown[] = [];
  const functions: Functions = {
    long: async (_, { progress }) => {
      tellInFlight();
      await isStopped;
      progress.recall("save");
      const saved = database.transaction("operator", (tx) => progress.keep(tx, "save", 1));
      saves.push(
        await saved.then(
          () => "kept",
          (error: unknown) => (error instanceof Problem ? error.kind : String(error)),
        ),
      );
      return 1;
    },
  };
  const { workflows } = server(machines, functions);
  const { executionArn } = await workflows.start({ machine: "long", name: "one", input: {} });
  await isInFlight;
  await workflows.stop(executionArn, { error: "Stopped", cause: "test" });
  tellStopped();
  await eventually(() => (saves.length > 0 ? true : undefined));
  expect(saves).toEqual(["precondition"]);
  expect(await workflows.describe(executionArn)).toMatchObject({ status: "ABORTED", error: "Stopped" });
});
