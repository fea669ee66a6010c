import { getPlan, getPlans, putPlan } from "@commops/core/catalog";
import { on, routes } from "../route.ts";

const show = on(getPlan, "A plan, its current version unless another one is named", { etag: (plan) => plan.digest });

export const planRoutes = routes({
  "GET /plans": on(getPlans, "Plans by code"),
  "GET /plans/{plan_code}": show,
  "PUT /plans/{plan_code}": on(putPlan, "Publishes a plan version; a published version never changes", {
    show: (result) => result.plan,
    isCreated: (result) => result.created,
    etag: (result) => result.plan.digest,
    present: show,
  }),
});
