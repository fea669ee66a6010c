import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase } from "../../../../../testing/database.ts";
import { memoryFiles } from "../../../../../testing/files.ts";
import { eventually } from "../../../../../testing/workflows-contract/rig.ts";
import type { Json } from "../../../../kernel/index.ts";
import type { Database, ExecutionDetail } from "../../../../ports/index.ts";
import { type EmbeddedWorkflows, openWorkflows } from "../../workflows.ts";

const only = (state: object): object => ({ QueryLanguage: "JSONata", StartAt: "Only", States: { Only: state } });
const invoke = (name: string, more: object = {}): object =>
  only({
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName: `\${task:${name}}`, Payload: "{% $states.input %}" },
    Output: "{% $states.result.Payload %}",
    End: true,
    ...more,
  });
const start = (way: string): object =>
  only({
    Type: "Task",
    Resource: `arn:aws:states:::states:startExecution${way}`,
    Arguments: { StateMachineArn: "${machine:double}", Name: "{% $states.input.name %}", Input: "{% $states.input %}" },
    Output: "{% $exists($states.result.Output) ? $states.result.Output : $states.result.ExecutionArn %}",
    End: true,
  });
const machines = {
  double: invoke("double"),
  unknown: invoke("nobody-has-it"),
  large: invoke("double", { Arguments: { FunctionName: "${task:double}", Payload: "{% $pad('x', 300000, 'x') %}" } }),
  "large-answer": invoke("large"),
  starts: start(""),
  awaits: start(".sync:2"),
};

let database: Database;
let workflows: EmbeddedWorkflows;
beforeAll(async () => {
  database = await testDatabase();
  workflows = openWorkflows({ database, files: memoryFiles(), machines });
  const double = (payload: Json): Json => ({ twice: (payload as { readonly n: number }).n * 2 });
  workflows.run({ double, large: () => "x".repeat(300_000) }, (executionArn, error) => {
    throw new Error(`the engine stumbled over ${executionArn}`, { cause: error });
  });
});
afterAll(async () => {
  await workflows.close();
  await database.close();
});

const endOf = async (machine: string, name: string, input: Json = { n: 21 }): Promise<ExecutionDetail> => {
  const { executionArn } = await workflows.start({ machine, name, input });
  return eventually(async () => {
    const found = await workflows.describe(executionArn);
    return found.status === "RUNNING" ? undefined : found;
  });
};

test("a task that nobody has fails its execution and is named", async () => {
  const ended = await endOf("unknown", "u");
  expect(ended).toMatchObject({ status: "FAILED", error: "Lambda.ResourceNotFoundException" });
  expect(ended.cause).toContain("nobody-has-it");
});

test("a payload or an answer over 256 KiB fails the task that it was meant for", async () => {
  for (const machine of ["large", "large-answer"])
    expect(await endOf(machine, "l")).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
});

test("a definition that is none is refused with its machine and place before anything runs", () => {
  const open = (broken: object) => () =>
    openWorkflows({ database, files: memoryFiles(), machines: { good: machines.double, broken } });
  const fault = (reason: RegExp) =>
    expect.objectContaining({ kind: "invalid", message: expect.stringMatching(reason) });
  expect(open({ StartAt: "A", States: { A: { Type: "Jump" } } })).toThrow(fault(/state machine broken.*A/s));
  expect(open({ StartAt: "Gone", States: { A: { Type: "Succeed" } } })).toThrow(fault(/state machine broken.*Gone/s));
});

test("a machine is started by another one once, and its end is waited for where that is asked", async () => {
  const started = await endOf("starts", "s", { n: 1, name: "by-starts" });
  expect(started).toMatchObject({ status: "SUCCEEDED", output: expect.stringMatching(/:double:by-starts$/) });
  expect(await endOf("awaits", "a", { n: 4, name: "by-awaits" })).toMatchObject({
    status: "SUCCEEDED",
    output: { twice: 8 },
  });
  const again = await endOf("starts", "s2", { n: 2, name: "by-starts" });
  expect(again).toMatchObject({ status: "FAILED", error: "StepFunctions.ExecutionAlreadyExistsException" });
});
