import { listAlerts } from "@commops/core/alerts";
import { on, routes } from "../route.ts";

export const alertRoutes = routes({
  "GET /alerts": on(listAlerts, "What somebody has to know, newest first, with evidence", { isOperatorsOnly: true }),
});
