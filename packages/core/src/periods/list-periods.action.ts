import { z } from "zod";
import { view } from "../record/index.ts";
import { month } from "../time/index.ts";
import { listPeriods, periodVerdicts } from "./periods.store.ts";

/** Billing periods, newest first, each with what its checks found. */
export const getPeriods = view("periods.list", { needs: "billing:read", input: z.object({}) }, async (door) =>
  door.load(async (tx) => {
    const periods = [];
    for (const row of await listPeriods(tx)) {
      const verdicts = await periodVerdicts(tx, month(row.period));
      periods.push({
        period: row.period,
        state: row.state,
        changed_at: row.changedAt.toISOString(),
        verdicts: verdicts.map((found) => ({
          check: found.checkName,
          verdict: found.verdict,
          detail: found.detail,
          decided_at: found.decidedAt.toISOString(),
        })),
      });
    }
    return { periods };
  }),
);
