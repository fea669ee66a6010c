import { useNow } from "./now.ts";

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const LOCAL = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** "3 days ago" of an instant. */
export const ageText = (instant: string, now: Date): string => {
  const difference = Date.parse(instant) - now.getTime();
  const [unit, ms] = UNITS.find(([, size]) => Math.abs(difference) >= size) ?? ["minute", 60_000];
  return RELATIVE.format(Math.round(difference / ms), unit);
};

const PRECISE = new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "medium" });

const utcText = (instant: string): string => `${instant.slice(0, 19).replace("T", " ")} UTC`;

/** An instant in the reader's zone, with UTC on hover. */
export const Moment = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={utcText(at)} className="figures">
    {LOCAL.format(new Date(at))}
  </time>
);

/** An instant to the millisecond in the reader's zone, with UTC on hover. */
export const Instant = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={utcText(at)} className="figures">
    {PRECISE.format(new Date(at))}.{at.slice(20, 23)}
  </time>
);

const SPANS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** "3.2 min" of milliseconds. */
export const durationText = (ms: number): string => {
  const [unit, size] = SPANS.find(([, least]) => ms >= least) ?? ["s", 1000];
  return `${(ms / size).toLocaleString("en", { maximumFractionDigits: 1 })} ${unit}`;
};

/** How long ago an instant was, with UTC on hover. */
export const Age = ({ at }: { readonly at: string }) => {
  const now = useNow();
  return (
    <time dateTime={at} title={utcText(at)} className="figures">
      {ageText(at, now)}
    </time>
  );
};

const MONTHS = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

/** "September 2025" of YYYY-MM. */
export const monthText = (month: string): string => MONTHS.format(new Date(`${month}-01T00:00:00Z`));

/** A calendar day, or a dash where there is none. */
export const DayText = ({ day }: { readonly day: string | null }) =>
  day === null ? (
    <span className="text-muted">—</span>
  ) : (
    <time dateTime={day} className="figures">
      {day}
    </time>
  );
