import { allocatablePeriods, allocatePeriod, checkAllocationRules, verifyAllocation } from "@commops/core/allocation";
import { importExport, waitingExports } from "@commops/core/cost";
import { precondition } from "@commops/core/kernel";
import { runReconciliation } from "@commops/core/reconciliation";
import { z } from "zod";
import { itemsOutput, writeItems } from "./items.ts";
import { task } from "./task.ts";

const ofPeriod = z.object({ period: z.string() });
const found = z.object({ execution: z.string() });

export const costTasks = {
  "find-deliveries": task(found, itemsOutput, async ({ call }, { execution }) => {
    const { exports } = await waitingExports.run(call, {});
    return writeItems(
      call,
      { machine: "cur-ingestion", execution },
      exports.map((subject) => ({ subject })),
    );
  }),
  "import-delivery": task(
    z.object({ delivery: z.string() }),
    z.object({
      deliveries: z.array(z.string()),
      periods: z.array(z.string()),
      active: z.int(),
      quarantined: z.int(),
      findings: z.int(),
    }),
    async ({ call }, { delivery }) => {
      const result = await importExport.run(call, { name: delivery });
      if (result.quarantined > 0)
        throw precondition(
          `${delivery}: ${result.quarantined} of its periods are quarantined (${result.periods.join(", ")}). GET /cost/partitions says why.`,
        );
      return result;
    },
  ),
  "find-allocatable-periods": task(
    found.extend({ period: z.string().nullish() }),
    itemsOutput,
    async ({ call }, { execution, period }) => {
      const { periods } = await allocatablePeriods.run(call, { period });
      return writeItems(
        call,
        { machine: "allocation", execution },
        periods.map((subject) => ({ subject })),
      );
    },
  ),
  "check-allocation-rules": task(
    ofPeriod,
    z.object({ rules: z.array(z.string()), keys_without_usage: z.array(z.string()) }),
    ({ call }, input) => checkAllocationRules.run(call, input),
  ),
  "allocate-period": task(
    ofPeriod,
    z.object({ run_id: z.string(), total: z.string() }),
    async ({ call }, { period }) => {
      const { run_id, total } = await allocatePeriod.run(call, { period });
      return { run_id, total };
    },
  ),
  "verify-allocation": task(
    ofPeriod,
    z.object({ run_id: z.string(), checked: z.int() }),
    async ({ call }, { period }) => {
      const verdict = await verifyAllocation.run(call, { period });
      if (!verdict.ok)
        throw precondition(
          `the allocation ${verdict.run_id} of ${period} is not what its inputs give: ${JSON.stringify(verdict.first_difference)}`,
        );
      return { run_id: verdict.run_id, checked: verdict.checked };
    },
  ),
  "reconcile-period": task(
    ofPeriod,
    z.object({ recon_id: z.string().nullable(), status: z.string() }),
    async ({ call }, { period }) => {
      const { recon_id, status } = await runReconciliation.run(call, { period });
      return { recon_id, status };
    },
  ),
} as const;
