import { getRun, listRuns, retryRun } from "@commops/core/record";
import { again, on, routes } from "../route.ts";
import { run, runList } from "../answers/records.ts";

export const workflowRoutes = routes({
  "GET /workflows": on(listRuns, "Runs, newest first", { answer: runList }),
  "GET /workflows/{run_id}": on(getRun, "A run: running, succeeded with its result, or failed with its reason", {
    answer: run,
  }),
  "POST /workflows/{run_id}:retry": again(retryRun, "Does a failed run again"),
});
