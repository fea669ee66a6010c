import { z } from "zod";
import { missing, pageInput, pageOf, pageRequest } from "../kernel/index.ts";
import { view } from "./action.ts";
import { pageRuns, readWorkRun, type WorkRun } from "./work-run.store.ts";

const shown = (run: WorkRun) => {
  const made = z.object({ invoice_id: z.string() }).safeParse(run.result);
  return {
    run_id: run.runId,
    kind: run.kind,
    tenant_id: run.tenantId,
    /** Waiting counts as running: the caller waits in both. */
    status: run.status === "queued" ? ("running" as const) : run.status,
    invoice_id: made.success ? made.data.invoice_id : null,
    result: run.result,
    error: run.error,
    trace_id: run.traceId,
    created_at: run.createdAt.toISOString(),
    started_at: run.startedAt?.toISOString() ?? null,
    ended_at: run.endedAt?.toISOString() ?? null,
  };
};

const READERS = ["billing:read", "cost:read", "usage:read", "workflows:write"] as const;

/** One run: running, succeeded with its result, or failed with its reason. */
export const getRun = view(
  "workflows.get",
  { needs: READERS, input: z.object({ run_id: z.string() }) },
  async (door, input) => {
    const run = await door.load((tx) => readWorkRun(tx, input.run_id, door.actor.tenantId));
    if (!run) throw missing("run", input.run_id);
    return shown(run);
  },
);

/** Runs, newest first. */
export const listRuns = view(
  "workflows.list",
  {
    needs: READERS,
    input: z.object({
      kind: z.string().optional(),
      status: z.enum(["running", "succeeded", "failed"]).optional(),
      ...pageInput,
    }),
  },
  async (door, input) => {
    const request = pageRequest(input.page_size, input.page_token);
    const statuses: WorkRun["status"][] | undefined =
      input.status === undefined ? undefined : input.status === "running" ? ["queued", "running"] : [input.status];
    const rows = await door.load((tx) =>
      pageRuns(tx, {
        askedBy: door.actor.tenantId,
        kind: input.kind,
        statuses,
        before: request.after,
        limit: request.size + 1,
      }),
    );
    const page = pageOf(rows, request, (run) => run.runId);
    return { runs: page.rows.map(shown), next_page_token: page.nextToken ?? null };
  },
);
