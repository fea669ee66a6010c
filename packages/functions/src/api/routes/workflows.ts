import { getRun, listRuns } from "@commops/core/record";
import { on, routes } from "../route.ts";

export const workflowRoutes = routes({
  "GET /workflows": on(listRuns, "Runs, newest first"),
  "GET /workflows/{run_id}": on(getRun, "A run: running, succeeded with its result, or failed with its reason"),
});
