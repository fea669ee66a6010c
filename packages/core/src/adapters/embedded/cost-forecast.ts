import type { CostForecast } from "../../ports/index.ts";

/** One machine knows what was delivered to it, and nobody else's opinion of what is to come. */
export const noCostForecast: CostForecast = {
  source: null,
  forecast: async () => ({
    unavailable:
      "no forecast of AWS is connected: set COMMOPS_COST_FORECAST=aws where credentials for Cost Explorer are",
  }),
};
