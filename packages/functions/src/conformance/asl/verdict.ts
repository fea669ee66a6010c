/** What running one case showed. */
export interface Verdict {
  readonly faults: readonly string[];
  /** Whether the cause is as recorded; undefined where there is none. */
  readonly isCauseSame: boolean | undefined;
  /** Whether the types of the history's events are as recorded; undefined where they are not recorded. */
  readonly isHistorySame: boolean | undefined;
}
