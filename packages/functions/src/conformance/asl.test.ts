import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runAsl } from "./asl.ts";
import type { Outcome } from "./outcome.ts";

const run = async (...cases: readonly object[]): Promise<Outcome> => {
  const folder = await mkdtemp(join(tmpdir(), "cases-"));
  try {
    await writeFile(join(folder, "any-name.json"), JSON.stringify(cases));
    return await runAsl(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const task = {
  name: "a case",
  kind: "execution",
  type: "STANDARD",
  validatedOnAws: "2024-05-01T00:00:00+00:00",
  definition: {
    StartAt: "Ask",
    States: {
      Ask: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Parameters: { "FunctionName.$": "$.name", "id.$": "States.UUID()" },
        End: true,
      },
    },
  },
  input: { name: "function_1234" },
  normalize: [["function_\\d+", "<function_name>"]],
  status: "SUCCEEDED",
  expectedOutput: { answer: 42 },
  mocks: [
    {
      state: "Ask",
      event: "TaskSucceeded",
      params: { FunctionName: "<function_name>", id: "<uuid:1>" },
      output: { answer: 42 },
    },
  ],
};

const withMock = (more: object): object => ({ ...task, mocks: [{ ...task.mocks[0], ...more }] });

it("a case passes with the recorded answers when output and parameters are as recorded; placeholders match anything", async () => {
  expect(await run(task)).toMatchObject({ passed: 1, failed: [] });
});

it("another output, status, error or parameter fails the case and is named", async () => {
  const outcome = await run(
    { ...task, expectedOutput: { answer: 43 } },
    { ...task, status: "FAILED", expectedError: "Bad" },
    withMock({ params: { FunctionName: "<function_name>", id: 7 } }),
    {
      ...task,
      status: "FAILED",
      expectedError: "Bad",
      ...withMock({ output: undefined, error: "Worse" }),
      expectedOutput: undefined,
    },
  );
  expect(outcome.passed).toBe(0);
  expect(outcome.failed[0]).toContain("gave");
  expect(outcome.failed[1]).toContain("ended as SUCCEEDED");
  expect(outcome.failed[2]).toContain("Ask was called with");
});

it("a task that is called less often than recorded fails the case", async () => {
  const outcome = await run({ ...task, mocks: [...task.mocks, ...task.mocks] });
  expect(outcome.failed[0]).toContain("not called as often as recorded");
});

it("what cannot be read as a case fails, and is not left out", async () => {
  const outcome = await run({ name: "odd", kind: "unknown" });
  expect(outcome).toMatchObject({ passed: 0, skipped: [] });
  expect(outcome.failed).toHaveLength(1);
});

it("a tested state is compared in status, output, next state and inspection", async () => {
  const state = {
    name: "a state",
    kind: "teststate",
    validatedOnAws: null,
    definition: { Type: "Pass", Parameters: { "a.$": "$.b" }, Next: "Other" },
    input: { b: 1 },
    args: { inspectionLevel: "DEBUG" },
    status: "SUCCEEDED",
    expectedOutput: { a: 1 },
    expectedNextState: "Other",
    expectedInspectionData: {
      input: { b: 1 },
      afterInputPath: { b: 1 },
      afterParameters: { a: 1 },
      afterResultSelector: { a: 1 },
      afterResultPath: { a: 1 },
    },
  };
  const outcome = await run(state, { ...state, expectedInspectionData: { input: { b: 2 } } });
  expect(outcome.passed).toBe(1);
  expect(outcome.failed[0]).toContain("inspection is");
});
