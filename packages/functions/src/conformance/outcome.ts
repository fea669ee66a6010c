/** What a run over a folder of cases found; each text is one line. */
export interface Outcome {
  readonly passed: number;
  readonly failed: string[];
  /** Cases that contradict a rule, with the rule. */
  readonly skipped: string[];
  /** What was seen besides, and decides nothing. */
  readonly notes?: readonly string[];
}

export type Runner = (folder: string) => Promise<Outcome>;

export const describeFailure = (error: unknown): string => (error instanceof Error ? error.message : String(error));
