import { z } from "zod";
import { missing, monthInput } from "../kernel/index.ts";
import { exact, isNegative, subtract } from "../money/index.ts";
import { view } from "../record/index.ts";
import { readCostPolicy } from "./cost-policy.store.ts";
import { readCoverage, readCoverageBy } from "./coverage.store.ts";

/**
 * How much of a period's usage carries the tenant, plan and component tags, by cost and by line: whole, and by service, account or day. Costs are
 * unblended, decimal text; percentages have 2 decimals, null of nothing. Throws missing when the period has no usage.
 */
export const costCoverage = view(
  "cost.coverage",
  {
    needs: "cost:read",
    input: z.object({ period: monthInput, by: z.enum(["service", "account", "day"]).default("service") }),
  },
  (door, { period, by }) =>
    door.load(async (tx) => {
      const whole = await readCoverage(tx, period);
      if (whole.length === 0) throw missing("cost of usage for", period);
      const { policy } = await readCostPolicy(tx);
      const asked = String(100 - policy.untagged_percent);
      return {
        period,
        by,
        /** Percent of usage cost that must carry a tenant. */
        target_percent: asked,
        currencies: whole.map((row) => ({
          ...row,
          is_enough: row.tenant.percent !== null && !isNegative(subtract(exact(row.tenant.percent), exact(asked))),
        })),
        groups: await readCoverageBy(tx, period, by),
      };
    }),
);
