import { getPeriods } from "@commops/core/periods";
import { on, routes } from "../route.ts";

export const periodRoutes = routes({
  "GET /periods": on(getPeriods, "Billing periods with what their checks found", { isOperatorsOnly: true }),
});
