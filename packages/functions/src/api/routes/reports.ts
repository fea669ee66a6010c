import { exportTable } from "@commops/core/reports";
import { on, routes } from "../route.ts";

export const reportRoutes = routes({
  "GET /exports/{table}": on(exportTable, "A billing table as CSV, by the order of its key", { isStream: true }),
});
