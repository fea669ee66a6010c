import type { ExecutionEvent, ExecutionSummary, Workflows } from "@commops/core/ports";
import { Problem } from "@commops/core/kernel";

const PAGE = 1000;

/** The history of an execution, oldest first, page by page. */
export const eventsOf = async function* (workflows: Workflows, executionArn: string): AsyncGenerator<ExecutionEvent> {
  let token: string | undefined;
  do {
    const page = await workflows.history(executionArn, { size: PAGE, token });
    yield* page.rows;
    token = page.nextToken;
  } while (token !== undefined);
};

/** The executions of a machine, newest first, page by page; none where the machine is not deployed here. */
export const executionsOf = async function* (
  workflows: Workflows,
  filter: Omit<Parameters<Workflows["list"]>[0], "size" | "token">,
): AsyncGenerator<ExecutionSummary> {
  let token: string | undefined;
  do {
    const page = await workflows.list({ ...filter, size: PAGE, token }).catch((error: unknown) => {
      if (error instanceof Problem && error.kind === "missing") return { rows: [], nextToken: undefined };
      throw error;
    });
    yield* page.rows;
    token = page.nextToken;
  } while (token !== undefined);
};
