import { type PublishedPlan, versionOn, versionStarts } from "../catalog/index.ts";
import { exact, larger, toText } from "../money/index.ts";
import { type Binding, segmentsIn } from "../tenants/index.ts";
import type { Period } from "../time/index.ts";

/**
 * The caps of a tenant by metric, as decimal text in the metric's unit: the highest that was in force on any day so far in the cycle, under
 * whatever plan and version (domain: Usage). They never fall in mid-cycle.
 * @param soFar the first day of the cycle to the day that is asked about.
 */
export const effectiveCaps = (
  bindings: readonly Binding[],
  plans: readonly PublishedPlan[],
  soFar: Period,
): ReadonlyMap<string, string> => {
  const caps = new Map<string, string>();
  for (const segment of segmentsIn(bindings, soFar))
    for (const start of versionStarts(plans, segment.planCode, segment))
      for (const [metric, cap] of Object.entries(
        versionOn(plans, segment.planCode, start)?.plan.entitlements.metrics_caps ?? {},
      ))
        caps.set(metric, toText(larger(exact(cap), exact(caps.get(metric) ?? "0"))));
  return caps;
};
