import { getPlan, getPlans, putPlan } from "@commops/core/catalog";
import { on, routes, showing } from "../route.ts";
import { plan, planList } from "../answers/plans.ts";

type Published = Awaited<ReturnType<typeof putPlan.run>>;

const show = on(getPlan, "A plan, its current version unless another one is named", {
  etag: (shown) => shown.digest,
  answer: plan,
});

export const planRoutes = routes({
  "GET /plans": on(getPlans, "Plans by code", { answer: planList }),
  "GET /plans/{plan_code}": show,
  "PUT /plans/{plan_code}": showing(
    putPlan,
    (result: Published) => result.plan,
    "Publishes a plan version; a published version never changes",
    { isCreated: (result) => result.created, etag: (result) => result.plan.digest, present: show, answer: plan },
  ),
});
