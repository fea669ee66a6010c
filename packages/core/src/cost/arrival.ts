/** When a delivery came, as far as its place says. */
export interface Arrival {
  /** A manifest above the deliveries of its period names it as the newest. */
  readonly isNewest: boolean;
  /** The instant in its path (`2026-04-03T07:10:00.334Z-<execution id>`), where there is one. */
  readonly stamp: string | undefined;
  /** When its manifest, or else its last file, was written; milliseconds. */
  readonly modifiedAt: number;
}

/** What is compared of two deliveries of a period. */
export interface Arrived {
  readonly arrival: Arrival;
  readonly isFinal: boolean;
  /** The last day with cost; "" where there is none. */
  readonly lastDay: string;
  readonly rows: number;
}

/** Files written within this time were copied together: their times say nothing about AWS's order. */
const COPIED_TOGETHER_MS = 120_000;

const by = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Deliveries of one period, the newest last: by the manifest that names the newest, by the instants in their paths, by the times of their
 * files where these differ, and else by what they hold, as a month only grows: final after not final, then the last day, then the lines.
 */
export const newestLast = <T extends Arrived>(deliveries: readonly T[]): T[] => {
  const times = deliveries.map((item) => item.arrival.modifiedAt);
  const isCopied = Math.max(...times) - Math.min(...times) <= COPIED_TOGETHER_MS;
  const hasStamps = deliveries.every((item) => item.arrival.stamp !== undefined);
  return deliveries.toSorted(
    (a, b) =>
      by(a.arrival.isNewest, b.arrival.isNewest) ||
      (hasStamps ? by(a.arrival.stamp ?? "", b.arrival.stamp ?? "") : 0) ||
      (isCopied ? 0 : by(a.arrival.modifiedAt, b.arrival.modifiedAt)) ||
      by(a.isFinal, b.isFinal) ||
      by(a.lastDay, b.lastDay) ||
      by(a.rows, b.rows),
  );
};
