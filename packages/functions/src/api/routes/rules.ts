import { getPromotion, proposeRules } from "@commops/core/promotion";
import { on, routes } from "../route.ts";

export const ruleRoutes = routes({
  "POST /rules:propose": on(proposeRules, "Proposes allocation rules: checked, rehearsed, approved, then in force", {
    status: 202,
  }),
  "GET /rules/promotions/{promotion_id}": on(getPromotion, "A change of rules, how far it is and whom it moves"),
});
