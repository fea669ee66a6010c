import { z } from "zod";
import { activeDeliveries } from "../cost/index.ts";
import { unbilled } from "../invoicing/index.ts";
import { monthInput, precondition } from "../kernel/index.ts";
import { closePeriodState, periodState, periodVerdicts } from "../periods/index.ts";
import { action, type ViewDoor, view } from "../record/index.ts";
import { addDays, addMonths, dayOf, type Month, monthOf, monthPeriod } from "../time/index.ts";
import { readStanding } from "./standing.store.ts";

/** A month is closed from this day of the next one on. */
const FIRST_DAY = 15;
const SHOWN = 10;

const some = (names: readonly string[]): string =>
  names.length <= SHOWN ? names.join(", ") : `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more`;

/** Why a month cannot be closed; empty where it can. */
const blockersOf = async (door: ViewDoor, period: Month): Promise<string[]> => {
  const today = dayOf(door.now);
  const from = addDays(monthPeriod(period).end, FIRST_DAY);
  const open = await unbilled.run(door.call, { period });
  const { standing, verdicts } = await door.load(async (tx) => ({
    standing: await readStanding(tx, { month: period, today }),
    verdicts: await periodVerdicts(tx, period),
  }));
  const isCurrent = standing.latest !== undefined && standing.latest.inputsDigest === standing.found?.inputsDigest;
  return [
    ...(today < from ? [`a month is closed from day ${FIRST_DAY} of the next one on: wait for ${from}`] : []),
    ...(open.invoices.length > 0 ? [`not issued and not discarded: ${some(open.invoices)}`] : []),
    ...(open.tenants.length > 0 ? [`without an invoice: ${some(open.tenants)}`] : []),
    ...(isCurrent ? [] : ["it is not reconciled as it is now: reconcile it"]),
    ...verdicts.filter(({ verdict }) => verdict === "failed").map(({ checkName }) => `the check "${checkName}" failed`),
  ];
};

/** How far back a month may still be open. */
const LOOK_BACK = 6;

/** The month that is to be closed next: the one that is asked for, or the oldest one that is over, has cost and is not closed. */
export const closingPeriod = view(
  "reconciliation.closing-period",
  { needs: "recon:read", input: z.object({ period: monthInput.nullish() }) },
  async (door, input): Promise<{ readonly period: Month | null }> => {
    if (input.period) return { period: input.period };
    const thisMonth = monthOf(dayOf(door.now));
    for (let back = LOOK_BACK; back > 0; back -= 1) {
      const period = addMonths(thisMonth, -back);
      const isOpen = await door.load(
        async (tx) =>
          (await periodState(tx, period)) !== "closed" && (await activeDeliveries(tx, { period })).length > 0,
      );
      if (isOpen) return { period };
    }
    return { period: null };
  },
);

/** What keeps a month from being closed; nothing where it can be, or is. */
export const periodBlockers = view(
  "reconciliation.close-blockers",
  { needs: "recon:read", input: z.object({ period: monthInput }) },
  async (door, { period }) => {
    const state = await door.load((tx) => periodState(tx, period));
    return { period, state, blockers: state === "closed" ? [] : await blockersOf(door, period) };
  },
);

/** Closes a month: from then on nothing of it is drafted, issued or allocated. A closed one stays as it is. Throws a precondition Problem with every reason why not. */
export const closePeriod = action(
  "reconciliation.close",
  { needs: "recon:write", input: z.object({ period: monthInput }) },
  async (door, { period }) => {
    const answer = { period, state: "closed" as const };
    const { state, blockers } = await periodBlockers.run(door.call, { period });
    if (state === "closed") return door.unchanged(answer);
    if (blockers.length > 0) throw precondition(`${period} cannot be closed: ${blockers.join("; ")}.`);
    return door.save({ objectType: "billing_period", objectId: period, metadata: { state: "closed" } }, async (tx) => {
      await closePeriodState(tx, period, door.now);
      return answer;
    });
  },
);
