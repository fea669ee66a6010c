import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase } from "../../../../../testing/database.ts";
import { memoryFiles } from "../../../../../testing/files.ts";
import { eventually } from "../../../../../testing/workflows-contract/rig.ts";
import type { Json } from "../../../../kernel/index.ts";
import type { Database, ExecutionDetail } from "../../../../ports/index.ts";
import { type EmbeddedWorkflows, openWorkflows } from "../../workflows.ts";

const task = (name: string, more: object = {}): object => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: `\${task:${name}}`, Payload: "{% $states.input %}" },
  Output: "{% $states.result.Payload %}",
  End: true,
  ...more,
});
const machine = (States: object, StartAt: string): object => ({ QueryLanguage: "JSONata", StartAt, States });
const asking = task("ask", {
  Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
  Arguments: { FunctionName: "${task:ask}", Payload: { token: "{% $states.context.Task.Token %}" } },
  Output: "{% $states.result %}",
});
const machines = {
  each: machine(
    {
      Each: {
        Type: "Map",
        Items: [1, 2, 3],
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
          StartAt: "Work",
          States: { Work: task("work") },
        },
        End: true,
      },
    },
    "Each",
  ),
  asking: machine({ Ask: asking }, "Ask"),
  failing: machine({ Fail: task("fail") }, "Fail"),
};

let database: Database;
let workflows: EmbeddedWorkflows;
const tokens: string[] = [];
beforeAll(async () => {
  database = await testDatabase();
  workflows = openWorkflows({ database, files: memoryFiles(), machines });
  const functions = {
    work: (payload: Json) => payload,
    ask: (payload: Json) => {
      tokens.push((payload as { token: string }).token);
      return null;
    },
    fail: () => {
      throw new Error("as always");
    },
  };
  workflows.run(functions, () => {});
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
const start = async (name: keyof typeof machines): Promise<string> =>
  (await workflows.start({ machine: name, name: `${name}-${Math.random()}`, input: {} })).executionArn;
const count = (table: string, where = "true"): Promise<number> =>
  database.transaction("operator", async (tx) => {
    const query = sql.raw(`select count(*)::int as rows from ${table} where ${where}`);
    return (await database.rows<{ rows: number }>(tx, query))[0]?.rows ?? -1;
  });
const later = (seconds: number): Date => new Date(Date.now() + seconds * 1000);

test("of executions that ended before an instant only what going on needs is removed; what runs goes on, and what ended later can be redriven", async () => {
  const [each, failed] = [await start("each"), await start("failing")];
  const old = [await ended(each), await ended(failed)];
  const histories = () => Promise.all(old.map(({ executionArn }) => workflows.history(executionArn, { size: 100 })));
  const before = await histories();
  expect(await count("workflow_event", "scope <> ''")).toBeGreaterThan(0);

  const waiting = await start("asking");
  await eventually(() => tokens[0]);
  const boundary = later(0);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const recent = await start("failing");
  await ended(recent);

  expect(await workflows.removeJournals(boundary)).toEqual({ executions: 2 });
  expect(await histories()).toEqual(before);
  for (const execution of old) expect(await workflows.describe(execution.executionArn)).toEqual(execution);
  expect(await count("workflow_event", "scope <> ''")).toBe(0);
  const emptied = "execution_no in (select execution_no from workflow_execution where journal_removed_at is not null)";
  expect(await count("workflow_execution", emptied)).toBe(2);
  expect(await count("workflow_journal", emptied)).toBe(0);
  expect(await workflows.removeJournals(boundary)).toEqual({ executions: 0 });

  await expect(workflows.redrive(failed)).rejects.toMatchObject({
    kind: "precondition",
    message: expect.stringContaining("its journal was removed"),
  });
  await workflows.redrive(recent);
  expect(await ended(recent)).toMatchObject({ status: "FAILED", redriveCount: 1 });
  await workflows.succeed(tokens[0] ?? "", "yes");
  expect(await ended(waiting)).toMatchObject({ status: "SUCCEEDED", output: "yes" });

  expect(await workflows.removeJournals(later(60))).toEqual({ executions: 2 });
  expect([await count("workflow_journal"), await count("workflow_task_token")]).toEqual([0, 0]);
  await expect(workflows.succeed(tokens[0] ?? "", "again")).rejects.toMatchObject({ kind: "invalid" });
});
