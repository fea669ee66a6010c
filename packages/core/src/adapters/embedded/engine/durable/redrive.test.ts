import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase } from "../../../../../testing/database.ts";
import { memoryFiles } from "../../../../../testing/files.ts";
import { eventually } from "../../../../../testing/workflows-contract/rig.ts";
import type { Json } from "../../../../kernel/index.ts";
import type { Database, ExecutionDetail } from "../../../../ports/index.ts";
import { type EmbeddedWorkflows, openWorkflows } from "../../workflows.ts";
import { unfinished } from "./redrive.ts";

const task = (more: object = { End: true }): object => ({
  Type: "Task",
  Resource: "${task:work}",
  Arguments: "{% $states.input %}",
  ...more,
});
const part = (States: object, StartAt = "Work"): object => ({ StartAt, States });
const machine = (States: object, StartAt: string): object => ({ QueryLanguage: "JSONata", StartAt, States });
const each = (Mode: string, more: object = {}): object => ({
  Type: "Map",
  Items: "{% $states.input %}",
  ItemProcessor: { ...part({ Work: task() }), ProcessorConfig: { Mode, ExecutionType: "STANDARD" } },
  ...more,
});

const machines = {
  inline: machine({ Each: each("INLINE", { End: true }) }, "Each"),
  distributed: machine({ Each: each("DISTRIBUTED", { MaxConcurrency: 1, End: true }) }, "Each"),
  retried: machine(
    {
      Each: each("INLINE", {
        MaxConcurrency: 1,
        Retry: [{ ErrorEquals: ["Broken"], IntervalSeconds: 0, MaxAttempts: 1 }],
        End: true,
      }),
    },
    "Each",
  ),
  both: machine(
    {
      Both: {
        Type: "Parallel",
        Branches: [
          part({ Work: task({ Output: "{% $states.context.Execution.RedriveCount %}", End: true }) }),
          part(
            {
              Later: { Type: "Wait", Seconds: 1, Next: "Work" },
              Work: { ...task(), Arguments: "bad", Output: "{% $states.context.Execution.RedriveCount %}" },
            },
            "Later",
          ),
        ],
        End: true,
      },
    },
    "Both",
  ),
};

let database: Database;
let workflows: EmbeddedWorkflows;
/** What is broken, and what was done. */
const broken = new Set<string>();
let done: string[] = [];
beforeAll(async () => {
  database = await testDatabase();
  workflows = openWorkflows({ database, files: memoryFiles(), machines });
  const work = (payload: Json): Json => {
    const name = JSON.stringify(payload);
    done.push(name);
    if (broken.has(name)) throw Object.assign(new Error(`${name} is broken`), { name: "Broken" });
    return payload;
  };
  workflows.run({ work }, (_, error) => {
    throw error;
  });
});
afterAll(async () => {
  await workflows.close();
  await database.close();
});

const ended = (executionArn: string): Promise<ExecutionDetail> =>
  eventually(async () => {
    const found = await workflows.describe(executionArn);
    return found.status === "RUNNING" ? undefined : found;
  });

/** Runs with something broken until it fails, mends it, redrives: what was done before and after. */
const mended = async (name: keyof typeof machines, input: Json, ...bad: string[]) => {
  done = [];
  for (const one of bad) broken.add(one);
  const { executionArn } = await workflows.start({ machine: name, name: `mended-${name}`, input });
  expect((await ended(executionArn)).status).toBe("FAILED");
  const before = done;
  done = [];
  broken.clear();
  await workflows.redrive(executionArn);
  const end = await ended(executionArn);
  return { before, after: done, end };
};

test.each(["inline", "distributed"] as const)(
  "a redriven %s Map does again only the items that had not succeeded",
  async (name) => {
    const { before, after, end } = await mended(name, [1, 2, 3, 4], "3");
    expect(before).toContain("3");
    expect(end).toMatchObject({ status: "SUCCEEDED", output: [1, 2, 3, 4], redriveCount: 1 });
    const succeeded = before.filter((item) => item !== "3");
    expect(after).toEqual(["1", "2", "3", "4"].filter((item) => !succeeded.includes(item)));
  },
);

test("a redriven Parallel runs only the branch that failed, and the context object counts the redrive there alone", async () => {
  const { after, end } = await mended("both", { a: 1 }, '"bad"');
  expect(after).toEqual(['"bad"']);
  expect(end.output).toEqual([0, 1]);
});

test("a redrive begins with the attempt that failed last, and its retries are counted anew", async () => {
  done = [];
  broken.add("2");
  const { executionArn } = await workflows.start({ machine: "retried", name: "one", input: [1, 2] });
  await ended(executionArn);
  expect(done).toEqual(["1", "2", "1", "2"]);
  done = [];
  await workflows.redrive(executionArn);
  expect((await ended(executionArn)).status).toBe("FAILED");
  expect(done).toEqual(["2", "1", "2"]);
  broken.clear();
  done = [];
  await workflows.redrive(executionArn);
  expect(await ended(executionArn)).toMatchObject({ status: "SUCCEEDED", redriveCount: 2, output: [1, 2] });
  expect(done).toEqual(["2"]);
});

test("what a Catch or a later attempt has dealt with is not unfinished", () => {
  const entered = (path: string, type = "TaskStateEntered") => ({ key: `${path}/entered`, type });
  const exited = (path: string) => ({ key: `${path}/TaskStateExited`, type: "TaskStateExited" });
  const events = [
    entered("/Caught.1"),
    exited("/Caught.1"),
    entered("/Map.1", "MapStateEntered"),
    entered("/Map.1/try.0/item.0/Old.1"),
    { key: "/Map.1/try.1/MapStateStarted", type: "MapStateStarted" },
    entered("/Map.1/try.1/item.0/Good.1"),
    exited("/Map.1/try.1/item.0/Good.1"),
    entered("/Map.1/try.1/item.1/Bad.1"),
  ];
  expect(unfinished(events, "/")).toEqual([
    { path: "/Map.1", attempt: 1, isComposite: true },
    { path: "/Map.1/try.1/item.1/Bad.1", attempt: 0, isComposite: false },
  ]);
});
