import { precondition } from "../kernel/index.ts";
import { listPeriods } from "../periods/index.ts";
import type { Tx } from "../ports/index.ts";
import { addMonths, type Day, month as monthText, type Month, monthPeriod } from "../time/index.ts";
import { billedMonths } from "./baseline.store.ts";

/** Months that a change from a day on would alter although they are billed or closed. */
export const settledMonths = async (tx: Tx, from: Day): Promise<Month[]> => {
  const closed = (await listPeriods(tx))
    .filter((row) => row.state === "closed")
    .map((row) => monthText(row.period))
    .filter((month) => monthPeriod(month).start >= from);
  return [...new Set([...(await billedMonths(tx, from)), ...closed])].toSorted();
};

/** Throws a precondition Problem where a change from a day on would alter a month that is billed or closed, with the first day that will do. */
export const refuseSettled = async (tx: Tx, from: Day, what: string): Promise<void> => {
  const settled = await settledMonths(tx, from);
  const last = settled.at(-1);
  if (last === undefined) return;
  const next = monthPeriod(addMonths(last, 1)).start;
  throw precondition(
    `${what} from ${from} on would alter ${settled.join(", ")}, which is billed or closed. Let them begin on ${next} or later.`,
    [{ field: "effective_from", reason: `must be ${next} or later` }],
  );
};
