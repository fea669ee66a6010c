import { Problem } from "@commops/core/kernel";
import { closePeriod, closingPeriod, periodBlockers, runReconciliation } from "@commops/core/reconciliation";
import { exportEvidence, REPORTS, runReport, sendReport, snapshotKpis, writeManifest } from "@commops/core/reports";
import { dayOf } from "@commops/core/time";
import { z } from "zod";
import { endAlert } from "./runs.ts";
import { task } from "./task.ts";

const ofPeriod = z.object({ period: z.string() });
const kept = z.object({ key: z.string(), digest: z.string() });

export const closingTasks = {
  "check-period-close": task(
    z.object({ period: z.string().nullish(), scheduled_for: z.string().nullish() }),
    z.object({ period: z.string().nullable(), blockers: z.array(z.string()) }),
    async ({ call }, { period: asked }) => {
      const { period } = await closingPeriod.run(call, { period: asked });
      if (period === null) return { period, blockers: ["there is no month to close"] };
      try {
        await runReconciliation.run(call, { period });
      } catch (error) {
        if (!(error instanceof Problem && error.kind === "precondition")) throw error;
        return { period, blockers: [error.message] };
      }
      const { blockers } = await periodBlockers.run(call, { period });
      return { period, blockers };
    },
  ),
  "lock-period": task(ofPeriod, z.object({ period: z.string(), state: z.string() }), ({ call }, input) =>
    closePeriod.run(call, input),
  ),
  "write-manifest": task(ofPeriod, kept, ({ call }, input) => writeManifest.run(call, input)),
  "export-evidence": task(ofPeriod, kept, ({ call }, input) => exportEvidence.run(call, input)),
  "snapshot-kpis": task(ofPeriod, kept, async ({ call }, input) => {
    const made = await snapshotKpis.run(call, input);
    await endAlert(call, "period-close", "daily");
    return made;
  }),
} as const;

const report = z.enum(REPORTS);

export const reportTasks = {
  "run-report": task(
    z.object({ report, scheduled_for: z.string().nullish() }),
    kept.extend({ report }),
    ({ call }, { report: name, scheduled_for: at }) =>
      runReport.run(call, { report: name, day: dayOf(at ? new Date(at) : call.world.clock.now()) }),
  ),
  "mail-report": task(z.object({ report, key: z.string() }), z.object({ key: z.string() }), async ({ call }, input) => {
    const sent = await sendReport.run(call, input);
    await endAlert(call, "scheduled-report", input.report);
    return sent;
  }),
} as const;
