import type { Day } from "../time/index.ts";

/** What somebody outside expects of the rest of a month. Amounts are decimal text in the currency. */
export interface RemainingForecast {
  readonly currency: string;
  /** What the month has cost before today, as the same source says. */
  readonly toDate: string;
  /** From today to the end of the month; the bounds hold with the level's probability, and are null where none are given. */
  readonly expected: string;
  readonly low: string | null;
  readonly high: string | null;
}

export interface ForecastRequest {
  readonly basis: "unblended" | "amortized" | "net_unblended" | "net_amortized";
  /** First day of the month. */
  readonly start: Day;
  /** The first day that is forecast; within the month. */
  readonly today: Day;
  /** First day after the month. */
  readonly end: Day;
  /** Probability of the bounds, in percent: 51 to 99. */
  readonly level: number;
}

/** Somebody else's forecast of what AWS will charge: Cost Explorer in AWS, nobody on one machine. */
export interface CostForecast {
  /** What is called the source: "AWS Cost Explorer"; null where there is none. */
  readonly source: string | null;
  /** The forecast, or why there is none. Throws a transient Problem where it may be asked again. */
  forecast(request: ForecastRequest): Promise<RemainingForecast | { readonly unavailable: string }>;
}
