import { expect, it } from "vitest";
import { runDefinition } from "./run-definition.ts";

const definition = {
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      ItemProcessor: {
        StartAt: "Work",
        States: {
          Work: {
            Type: "Task",
            Resource: "arn:aws:states:::lambda:invoke",
            Parameters: { "item.$": "$" },
            Retry: [{ ErrorEquals: ["Busy"], IntervalSeconds: 86400 }],
            End: true,
          },
        },
      },
      End: true,
    },
  },
};

it("answers are taken by state and in order, iterations one after the other, and no wait is waited for", async () => {
  const answers = [
    { state: "Work", outcome: { error: "Busy", cause: null } },
    { state: "Other", outcome: { output: "not asked for" } },
    { state: "Work", outcome: { output: "first" } },
    { state: "Work", outcome: { output: "second" } },
  ];
  const result = await runDefinition({ definition, input: [1, 2], answers, isVirtual: true });
  expect(result).toMatchObject({ status: "SUCCEEDED", output: ["first", "second"], error: null, cause: null });
  expect(result.tasks.map(({ parameters }) => parameters)).toEqual([{ item: 1 }, { item: 1 }, { item: 2 }]);
});

it("a task without an answer fails the execution and is named", async () => {
  const result = await runDefinition({ definition, input: [1], answers: [], isVirtual: true });
  expect(result).toMatchObject({ status: "FAILED", error: "States.Runtime", output: null });
  expect(result.cause).toContain("'Work'");
});

it("what is no definition is refused with the place of the fault", async () => {
  const run = runDefinition({ definition: { StartAt: "A", States: {} }, input: {}, answers: [], isVirtual: true });
  await expect(run).rejects.toMatchObject({ kind: "invalid" });
});
