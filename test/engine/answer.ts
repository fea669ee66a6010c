import { Problem } from "@commops/core/kernel";
import type { Workflows } from "@commops/core/ports";

/** Answers a token; one that was answered before is fine. */
export const answer = async (workflows: Workflows, token: string): Promise<void> => {
  try {
    await workflows.succeed(token, { yes: true });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "TASK_TIMED_OUT") throw error;
  }
};
