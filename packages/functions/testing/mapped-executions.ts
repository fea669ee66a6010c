import { openWorkflows } from "@commops/core/adapters/embedded/workflows.ts";
import { testDatabase } from "@commops/core/testing/database.ts";
import { memoryFiles } from "@commops/core/testing/files.ts";
import { allRoutes } from "../src/api/routes/index.ts";
import { testApi } from "./api.ts";

/** A Map over tenants as the machines have it: an item that fails is an outcome, or fails as a whole. */
const machine = {
  QueryLanguage: "JSONata",
  StartAt: "DraftEach",
  States: {
    DraftEach: {
      Type: "Map",
      Label: "DraftEach",
      Items: [{ subject: "TEN-A" }, { subject: "TEN-B" }, { subject: "TEN-C" }],
      ToleratedFailurePercentage: 100,
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Which",
        States: {
          Which: {
            Type: "Choice",
            Choices: [
              { Condition: "{% $states.input.subject = 'TEN-B' %}", Next: "Outcome" },
              { Condition: "{% $states.input.subject = 'TEN-C' %}", Next: "Broken" },
            ],
            Default: "Done",
          },
          Outcome: { Type: "Succeed", Output: { outcome: "failed", error: "Invalid", cause: "no address" } },
          Broken: { Type: "Fail", Error: "Broken" },
          Done: { Type: "Succeed" },
        },
      },
      End: true,
    },
  },
};

/** The API over an engine in which the Map has run; `executionId` is that of its execution. */
export const mappedExecution = async () => {
  const database = await testDatabase();
  const workflows = openWorkflows({ database, files: memoryFiles(), machines: { invoicing: machine } });
  workflows.run({}, () => {});
  const api = await testApi({}, allRoutes, { workflows });
  const token = await api.token("platform_engineer", { user: "paul" });
  const { executionArn } = await workflows.start({ machine: "invoicing", name: "daily-1", input: {} });
  while ((await workflows.describe(executionArn)).status === "RUNNING")
    await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    api,
    token,
    executionId: Buffer.from(executionArn).toString("base64url"),
    close: async () => {
      await api.close();
      await workflows.close();
      await database.close();
    },
  };
};
export type MappedExecution = Awaited<ReturnType<typeof mappedExecution>>;
