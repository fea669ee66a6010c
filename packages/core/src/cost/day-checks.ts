import { day, dayOf, daysBetween, type Month, monthPeriod } from "../time/index.ts";
import type { CostPolicy } from "./cost-policy.ts";
import { type Finding, finding } from "./finding.ts";

interface UsageDay {
  readonly day: string;
  readonly rows: number;
  /** Decimal text with 12 decimals. */
  readonly cost: string;
}

interface OfDays {
  readonly source: string;
  readonly period: Month;
  readonly daily: { readonly days: readonly UsageDay[] };
}

interface DaysAgainst {
  readonly policy: Pick<CostPolicy, "trailing_days" | "row_factor" | "cost_factor">;
  readonly now: Date;
  readonly before: { readonly days: number };
}

const MIN_DAYS = 4;
/** A payer whose month before had usage on so many days is expected to have usage on all. */
const STEADY_DAYS = 20;
/** Days after the end of a month by which its last day must be there. */
const SETTLED_DAYS = 3;
const SCALED = 1_000_000n;

/** The lower median. */
const median = (values: readonly bigint[]): bigint => {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
};

const scaled = (factor: number): bigint => BigInt(Math.round(factor * Number(SCALED)));

/** The first day, the last left out as it may be partial, whose value is farther from the median of the days before than the factor lets it be. */
const oddDay = (
  days: readonly UsageDay[],
  valueOf: (of: UsageDay) => bigint,
  limits: { readonly trailing: number; readonly factor: number },
): UsageDay | undefined =>
  days.slice(0, -1).find((entry, index) => {
    const before = days.slice(Math.max(0, index - limits.trailing), index).map(valueOf);
    if (before.length < MIN_DAYS) return false;
    const [usual, value, factor] = [median(before), valueOf(entry), scaled(limits.factor)];
    if (usual <= 0n) return false;
    return value * factor < usual * SCALED || value * SCALED > usual * factor;
  });

/** How many days are expected to have usage: from the first that has it, or the whole month where the payer had a full month before. */
const expectedSpan = (of: OfDays, first: string, last: string, against: DaysAgainst): { from: string; to: string } => {
  const { start, end } = monthPeriod(of.period);
  const isSteady = against.before.days >= STEADY_DAYS;
  const isOver = daysBetween(end, dayOf(against.now)) >= SETTLED_DAYS;
  return { from: isSteady ? start : first, to: isSteady && isOver ? end : last };
};

/** Usage on days of other months than the one that bills it: reported, never moved. */
const outsideFindings = ({ source, period }: OfDays, days: readonly UsageDay[]): Finding[] => {
  const [first] = days;
  const rows = days.reduce((sum, { rows: more }) => sum + more, 0);
  return first === undefined
    ? []
    : [
        finding(
          "outside_period",
          { file: source, subject: first.day },
          `${rows === 1 ? "1 usage line is" : `${rows} usage lines are`} of days outside ${period}, the first of ${first.day}; the cost counts in ${period}, which bills it`,
        ),
      ];
};

/** Days of usage that are missing, or whose lines or cost are far from the median of the days before; the last day may be partial. */
export const dayFindings = (of: OfDays, against: DaysAgainst): Finding[] => {
  const { start, end } = monthPeriod(of.period);
  const days = of.daily.days.filter((entry) => entry.day >= start && entry.day <= end);
  const outside = outsideFindings(
    of,
    of.daily.days.filter((entry) => !days.includes(entry)),
  );
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return outside;
  const { from, to } = expectedSpan(of, first.day, last.day, against);
  const missing = daysBetween(day(from), day(to)) + 1 - days.length;
  const { trailing_days: trailing, row_factor: rowFactor, cost_factor: costFactor } = against.policy;
  const oddRows = oddDay(days, (entry) => BigInt(entry.rows), { trailing, factor: rowFactor });
  const oddCost = oddDay(days, (entry) => BigInt(entry.cost.replace(".", "")), { trailing, factor: costFactor });
  const file = of.source;
  return [
    ...outside,
    ...(missing > 0
      ? [finding("missing_days", { file }, `${missing} days between ${from} and ${to} have no usage`)]
      : []),
    ...(oddRows
      ? [
          finding(
            "day_out_of_line",
            { file, subject: oddRows.day },
            `${oddRows.day} has ${oddRows.rows} usage lines, far from the median of the days before`,
          ),
        ]
      : []),
    ...(oddCost
      ? [
          finding(
            "day_cost_out_of_line",
            { file, subject: oddCost.day },
            `${oddCost.day} has ${oddCost.cost} of usage cost, far from the median of the days before`,
          ),
        ]
      : []),
  ];
};
