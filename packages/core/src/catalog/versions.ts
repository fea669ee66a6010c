import { addDays, type Day, type Period } from "../time/index.ts";
import type { PublishedPlan } from "./plan.ts";

const natural = new Intl.Collator("en", { numeric: true });

/** The version of a plan that is in force on a day: the one with the latest effective day, the higher version of equals. */
export const versionOn = (plans: readonly PublishedPlan[], planCode: string, at: Day): PublishedPlan | undefined =>
  plans
    .filter(
      ({ plan }) =>
        plan.plan_code === planCode &&
        plan.effective_from <= at &&
        (plan.effective_to === null || plan.effective_to >= at),
    )
    .toSorted(
      (a, b) =>
        natural.compare(b.plan.effective_from, a.plan.effective_from) ||
        natural.compare(b.plan.version, a.plan.version),
    )[0];

/** The days within a stretch from which another version of a plan may be in force; the first day of the stretch is one of them. */
export const versionStarts = (plans: readonly PublishedPlan[], planCode: string, within: Period): Day[] => {
  const starts = plans
    .filter(({ plan }) => plan.plan_code === planCode)
    .flatMap(({ plan }) => [
      plan.effective_from,
      ...(plan.effective_to === null ? [] : [addDays(plan.effective_to, 1)]),
    ])
    .filter((start) => within.start < start && start <= within.end);
  return [...new Set([within.start, ...starts])].toSorted();
};
