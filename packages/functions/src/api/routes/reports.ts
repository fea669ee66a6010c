import { corridor, exportTable, kpis } from "@commops/core/reports";
import { on, routes, stream } from "../route.ts";

export const reportRoutes = routes({
  "GET /overview": on(corridor, "A period from cost to cash, and what waits for whom", { isOperatorsOnly: true }),
  "GET /kpis": on(kpis, "Key figures of a period: revenue, cost, margin, receivables", { isOperatorsOnly: true }),
  "GET /exports/{table}": stream(exportTable, "A billing table as CSV, in the order of its key", {
    isOperatorsOnly: true,
  }),
});
