import { cx } from "./class-names.ts";

const TONES = {
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  active: "bg-accent-soft text-accent",
  quiet: "bg-sunken text-muted",
} as const;

export type Tone = keyof typeof TONES;

/** How each state of an invoice, payment, approval, check, exception, delivery, run, execution or mail is meant. */
const MEANING: Readonly<Record<string, Tone>> = {
  paid: "good",
  confirmed: "good",
  approved: "good",
  ok: "good",
  resolved: "good",
  succeeded: "good",
  active: "good",
  sent: "good",
  balanced: "good",
  final: "good",
  issued: "active",
  partially_paid: "active",
  running: "active",
  closed: "active",
  pending_approval: "warn",
  pending: "warn",
  warning: "warn",
  queued: "warn",
  open: "warn",
  accepted: "quiet",
  waiting: "warn",
  retrying: "warn",
  caught: "warn",
  disputed: "bad",
  uncollectible: "bad",
  failed: "bad",
  timed_out: "bad",
  aborted: "bad",
  refused: "bad",
  rejected: "bad",
  quarantined: "bad",
  quarantine: "bad",
};

export const toneOf = (state: string): Tone => MEANING[state] ?? "quiet";

/** A state's code as people say it. */
export const stateText = (state: string): string => state.replaceAll("_", " ");

export const Chip = ({ tone, children }: { readonly tone: Tone; readonly children: React.ReactNode }) => (
  <span
    className={cx(
      "inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap",
      TONES[tone],
    )}
  >
    <span aria-hidden className="size-1.5 rounded-full bg-current" />
    {children}
  </span>
);

/** A state as a chip: its word says it, the colour only repeats it. */
export const Status = ({ state }: { readonly state: string }) => <Chip tone={toneOf(state)}>{stateText(state)}</Chip>;
