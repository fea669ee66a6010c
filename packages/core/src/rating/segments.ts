import { type Currency, exact, isZero, moneyText, negateMoney } from "../money/index.ts";
import { contains, type Day, endExclusive, type Period } from "../time/index.ts";
import { unusedPart } from "./proration.ts";
import type { ChargeInput, LineType } from "./rate-input.ts";

/** A recurring amount that a plan charges for a whole cycle, in major units. Usage is no recurring item: it never scales. */
export interface RecurringItem {
  readonly id: string;
  readonly title: string;
  readonly lineType: LineType;
  readonly amount: string;
  readonly skuCode?: string | undefined;
  /** The cycle the amount is for, where it is another one than that of the change (a yearly add-on in a monthly cycle). */
  readonly cycle?: Period | undefined;
}

export interface PlanChange {
  /** The cycle that was billed in advance. */
  readonly cycle: Period;
  /** The first day of the new plan. */
  readonly at: Day;
  readonly removed: readonly RecurringItem[];
  readonly added: readonly RecurringItem[];
  /** What of the cycle the removed items were billed for; all of it where left out. */
  readonly billed?: Period | undefined;
}

/**
 * The lines of a change that takes effect in mid-cycle: a credit line for the unused part of what is left, a charge line for
 * what is new, for the days from the change on. No lines where the change falls outside the cycle.
 */
export const changeLines = (change: PlanChange, currency: Currency): ChargeInput[] => {
  if (!contains(change.cycle, change.at)) return [];
  const rest: Period = { start: change.at, end: change.cycle.end };
  const credits = change.removed.map((item): ChargeInput => {
    const unused = unusedPart(
      exact(item.amount),
      change.billed ?? change.cycle,
      item.cycle ?? change.cycle,
      change.at,
      currency,
    );
    return {
      ...lineOf(item),
      id: `${item.id}:credit`,
      lineType: "credit",
      price: { model: "flat", amount: moneyText(negateMoney(unused)) },
      service: rest,
    };
  });
  const charges = change.added.map((item): ChargeInput => ({
    ...lineOf(item),
    price: { model: "flat", amount: item.amount },
    service: rest,
    cycle: item.cycle ?? change.cycle,
  }));
  return [...credits, ...charges].filter((line) => line.price.model !== "flat" || !isZero(exact(line.price.amount)));
};

const lineOf = (item: RecurringItem): Omit<ChargeInput, "price"> => ({
  id: item.id,
  lineType: item.lineType,
  title: item.title,
  skuCode: item.skuCode ?? null,
});

/** The day from which a change counts: an upgrade at once, a downgrade with the next cycle. */
export const changeTakesEffect = (kind: "upgrade" | "downgrade", asked: Day, cycle: Period): Day =>
  kind === "upgrade" ? asked : endExclusive(cycle);

/** Changes of the same day net to the last of them, and a change to the plan that is in force already to none. */
export const netChanges = <P extends string>(
  planInForce: P,
  changes: readonly { readonly at: Day; readonly plan: P }[],
): { readonly at: Day; readonly plan: P }[] => {
  const lastOfDay = new Map(changes.map((change) => [change.at, change]));
  let current = planInForce;
  return [...lastOfDay.values()]
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .filter((change) => {
      const isChange = change.plan !== current;
      current = change.plan;
      return isChange;
    });
};
