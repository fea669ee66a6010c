import { z } from "zod";
import { missing } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { view } from "./action.ts";
import { type DatasetVersion, openEnds, producerOf, versionKey } from "./lineage-graph.ts";
import { type StoredStep, stepsMaking } from "./lineage.store.ts";

/** Goes upstream from datasets, step by step, to what came from outside or to the depth. */
const walk = async (tx: Tx, start: readonly DatasetVersion[], depth: number): Promise<StoredStep[]> => {
  const found = new Map<string, StoredStep>();
  const seen = new Set<string>();
  let ends = start;
  for (let level = 0; level < depth && ends.length > 0; level += 1) {
    const made = await stepsMaking(
      tx,
      ends.map((end) => end.dataset),
    );
    const steps = ends.flatMap((end) => producerOf(made, end) ?? []).filter((step) => !found.has(step.runId));
    for (const end of ends) seen.add(versionKey(end));
    for (const step of steps) found.set(step.runId, step);
    ends = openEnds(steps, seen);
  }
  return [...found.values()];
};

const shownStep = (step: StoredStep) => ({
  run_id: step.runId,
  job: step.job,
  subject: step.subject,
  rule_versions: step.ruleVersions,
  inputs: step.inputs,
  outputs: step.outputs,
  created_at: step.createdAt.toISOString(),
});

/**
 * Where a dataset comes from: the transformation that made it last (or the one that made it with a digest), those that made what it
 * read, and so on upstream. Names are like `allocation.2025-09` or `invoice.INV-202509-A`. Throws a missing Problem.
 */
export const getLineage = view(
  "lineage.get",
  {
    needs: ["cost:read", "audit:read"],
    input: z.object({
      dataset: z.string().min(1).max(200),
      digest: z.string().optional(),
      depth: z.coerce.number().int().min(1).max(20).default(10),
    }),
  },
  async (door, { dataset, digest, depth }) =>
    door.load(async (tx) => {
      const steps = await walk(tx, [{ dataset, digest: digest ?? null }], depth);
      if (steps.length === 0)
        throw missing("a transformation that made", digest ? `${dataset} with ${digest}` : dataset);
      const versions = steps.flatMap((step) => [...step.outputs, ...step.inputs]);
      return {
        dataset,
        datasets: [...new Map(versions.map((version) => [versionKey(version), version])).values()],
        runs: steps.map(shownStep),
      };
    }),
);
