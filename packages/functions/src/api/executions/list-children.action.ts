import type { Json } from "@commops/core/kernel";
import { pageInput } from "@commops/core/kernel";
import { view } from "@commops/core/record";
import { z } from "zod";
import { executionArnOf } from "./execution-id.ts";
import { READERS, shownExecution, STATUS_NAMES, STATUSES } from "./shown-execution.ts";

/** Children on a page at the most: each is asked for by itself. */
const MOST = 50;

/** What an item of ours says it is about: a tenant, a month, a delivery. */
const subjectOf = (input: Json): string | null => {
  const found = z.object({ subject: z.string() }).safeParse(input);
  return found.success ? found.data.subject : null;
};

/** What became of an item: its error, where it failed, also where the machine caught it. */
const errorOf = (error: string | undefined, output: Json | undefined): string | null => {
  const caught = z.object({ outcome: z.literal("failed"), error: z.string() }).safeParse(output);
  return error ?? (caught.success ? caught.data.error : null);
};

/** The executions that the distributed Maps of an execution made, each with what it is about and how it ended. */
export const listChildren = view(
  "workflows.children",
  {
    needs: READERS,
    input: z.object({
      execution_id: z.string(),
      status: z.enum(STATUS_NAMES).optional(),
      page_size: pageInput.page_size.default(MOST).pipe(z.int().max(MOST)),
      page_token: pageInput.page_token,
    }),
  },
  async (door, input) => {
    const page = await door.workflows.children(executionArnOf(input.execution_id), {
      status: input.status === undefined ? undefined : STATUSES[input.status],
      size: input.page_size,
      token: input.page_token,
    });
    const children = await Promise.all(
      page.rows.map(async (row) => {
        const { input: item, output, error } = await door.workflows.describe(row.executionArn);
        return { ...shownExecution(row), subject: subjectOf(item), error: errorOf(error, output) };
      }),
    );
    return { children, next_page_token: page.nextToken ?? null };
  },
);
