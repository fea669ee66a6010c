import { invalid, missing } from "../../kernel/index.ts";
import type { Workflows } from "../../ports/index.ts";

const noExecution = async (executionArn: string): Promise<never> => {
  throw missing("execution", executionArn);
};

const noToken = async (): Promise<never> => {
  throw invalid("task_token", "is no token of a task that waits here", "INVALID_TOKEN");
};

/** State machines where there are none: nothing can be started, and no execution or token is known. */
export const noMachines: Workflows = {
  start: async ({ machine }) => {
    throw missing("state machine", machine);
  },
  list: async ({ machine }) => {
    throw missing("state machine", machine);
  },
  describe: noExecution,
  history: noExecution,
  stop: noExecution,
  redrive: noExecution,
  succeed: noToken,
  fail: noToken,
  heartbeat: noToken,
};
