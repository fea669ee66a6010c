import { allocatablePeriods, allocatePeriod, checkAllocationRules, verifyAllocation } from "@commops/core/allocation";
import { discoverSource, importDiscovered, type ImportedPeriod } from "@commops/core/cost";
import { invalid, precondition } from "@commops/core/kernel";
import { runReconciliation } from "@commops/core/reconciliation";
import { z } from "zod";
import { itemsOutput, writeItems } from "./items.ts";
import { task } from "./task.ts";

const ofPeriod = z.object({ period: z.string() });
const found = z.object({ execution: z.string() });

/** `<group> <source>` of a watched source. Throws an invalid Problem for any other text. */
const groupAndSource = (subject: string): { readonly group: string; readonly source: string } => {
  const [, group, source] = /^(sha256:[0-9a-f]{64}) (.+)$/.exec(subject) ?? [];
  if (group === undefined || source === undefined)
    throw invalid("delivery", "a delivery is named by its group and its source: sha256:... s3://bucket/prefix");
  return { group, source };
};

/** What became of the billing periods of a group. Throws a precondition Problem where a delivery of it cannot be read. */
const counted = ({
  results,
  failed,
}: {
  readonly results: readonly ImportedPeriod[];
  readonly failed: readonly string[];
}) => {
  if (failed.length > 0) throw precondition(`${failed.join("; ")}. GET /cost/sources says what became of the others.`);
  const count = (status: string): number => results.filter((one) => one.status === status).length;
  return {
    deliveries: results.flatMap((one) => one.delivery_id ?? []),
    periods: [...new Set(results.flatMap((one) => one.period ?? []))].toSorted(),
    active: count("active"),
    quarantined: count("quarantined"),
    findings: results.reduce((sum, one) => sum + one.findings.length, 0),
  };
};

export const costTasks = {
  "find-deliveries": task(found, itemsOutput, async ({ call }, { execution }) => {
    const watched: string[] = [];
    for (const { name: source } of call.world.costSources) {
      const { groups } = await discoverSource.run(call, { source });
      watched.push(...groups.map((group) => `${group} ${source}`));
    }
    return writeItems(
      call,
      { machine: "cur-ingestion", execution },
      watched.map((subject) => ({ subject })),
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
      const result = counted(await importDiscovered.run(call, groupAndSource(delivery)));
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
