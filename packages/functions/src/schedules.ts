import type { Call } from "@commops/core/record";

/** What runs when: read by the embedded scheduler here and by the AWS stack. */
export interface Schedule {
  readonly name: string;
  /** UTC time of day, HH:MM. */
  readonly dailyAt: string;
  run(call: Call): Promise<unknown>;
}
