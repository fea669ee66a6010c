import { estimate, estimateRequest } from "@commops/core/rating";
import { view } from "@commops/core/record";
import { on, routes } from "../route.ts";
import { estimateTotals } from "../answers/pricing.ts";

/** What a price would come to. It reads nothing, so that it gives the same answer to everybody at any time. */
const estimatePrice = view("pricing.estimate", { needs: "plan:read", input: estimateRequest }, async (_door, request) =>
  estimate(request),
);

export const pricingRoutes = routes({
  "POST /pricing/estimate": on(estimatePrice, "What usage would cost at given prices, slab by slab", {
    answer: estimateTotals,
  }),
});
