import { memoryFiles } from "../../../testing/files.ts";
import { testDatabase } from "../../../testing/database.ts";
import { workflowsContract } from "../../../testing/workflows-contract.ts";
import { openWorkflows } from "./workflows.ts";

workflowsContract(async ({ machines, tasks }) => {
  const database = await testDatabase();
  const workflows = openWorkflows({ database, files: memoryFiles(), machines });
  workflows.run(tasks, (executionArn, error) => {
    throw new Error(`the engine stumbled over ${executionArn}`, { cause: error });
  });
  return {
    workflows,
    close: async () => {
      await workflows.close();
      await database.close();
    },
  };
});
