import type { StatusTotal } from "../invoicing/index.ts";
import { type Exact, exact, fraction, multiply, sumExact, ZERO } from "../money/index.ts";
import type { Check, CheckName, Figures, InvoiceFigure, Reconciliation } from "../reconciliation/index.ts";

/** `empty`: nothing has come here yet; `waiting`: somebody or something is still to act; the others are what a check says. */
export type StationState = "empty" | "waiting" | "ok" | "warning" | "failed";

export const STATIONS = [
  "cur",
  "cost",
  "allocation",
  "drafts",
  "approval",
  "issued",
  "paid",
  "reconciled",
  "books",
] as const;

export interface Station {
  readonly station: (typeof STATIONS)[number];
  readonly state: StationState;
  /** Since when it is so; null while it is empty. */
  readonly since: Date | null;
  readonly count: number;
  /** In US dollars. */
  readonly amount: Exact;
  readonly message: string;
}

/** Everything that the corridor of a period is drawn from. */
export interface CorridorFacts {
  readonly deliveries: { readonly count: number; readonly notFinal: number; readonly newest: Date | null };
  readonly cost: { readonly rows: number; readonly unblended: string; readonly inBasis: string };
  readonly run: { readonly createdAt: Date } | undefined;
  readonly figures: Figures | undefined;
  readonly found: Reconciliation | undefined;
  readonly latest:
    | { readonly status: Reconciliation["status"]; readonly createdAt: Date; readonly inputsDigest: string }
    | undefined;
  readonly openExceptions: number;
  readonly invoices: readonly StatusTotal[];
  readonly books: {
    readonly expected: number;
    readonly posted: number;
    readonly newest: Date | null;
    readonly isBalanced: boolean;
  };
}

const EMPTY = { state: "empty", since: null, count: 0, amount: ZERO } as const;

const checkOf = (facts: CorridorFacts, name: CheckName): Check | undefined =>
  facts.found?.checks.find((check) => check.check === name);

const curStation = ({ deliveries, cost }: CorridorFacts): Station => {
  if (deliveries.count === 0) return { station: "cur", ...EMPTY, message: "no cost was delivered yet" };
  const isFinal = deliveries.notFinal === 0;
  return {
    station: "cur",
    state: isFinal ? "ok" : "waiting",
    since: deliveries.newest,
    count: deliveries.count,
    amount: exact(cost.unblended),
    message: isFinal ? "final" : `${deliveries.notFinal} of ${deliveries.count} deliveries are not final`,
  };
};

const costStation = (facts: CorridorFacts): Station => {
  const { cost, deliveries } = facts;
  if (cost.rows === 0) return { station: "cost", ...EMPTY, message: "no cost yet" };
  const identity = checkOf(facts, "identity");
  return {
    station: "cost",
    state: identity?.verdict === "failed" ? "failed" : "ok",
    since: deliveries.newest,
    count: cost.rows,
    amount: exact(cost.inBasis),
    message: identity?.message ?? `${cost.rows} lines`,
  };
};

const allocationStation = (facts: CorridorFacts): Station => {
  const { run, figures, found, cost } = facts;
  if (!run || !figures || !found) {
    const state = cost.rows === 0 ? "empty" : "waiting";
    return { station: "allocation", ...EMPTY, state, message: "not allocated yet" };
  }
  const conservation = checkOf(facts, "conservation");
  return {
    station: "allocation",
    state: conservation?.verdict === "failed" ? "failed" : "ok",
    since: run.createdAt,
    count: figures.tenants.length,
    amount: exact(found.allocatedTotal),
    message: conservation?.message ?? "allocated",
  };
};

const isAmong = (...statuses: readonly StatusTotal["status"][]) => {
  const wanted = new Set<string>(statuses);
  return (total: StatusTotal): boolean => wanted.has(total.status);
};

const sumUp = (totals: readonly StatusTotal[]) => ({
  count: totals.reduce((sum, total) => sum + total.count, 0),
  amount: sumExact(totals.map((total) => exact(total.usd))),
});

const earliest = (dates: readonly Date[]): Date | null =>
  dates.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
const latestOf = (dates: readonly Date[]): Date | null =>
  dates.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null;

const UNISSUED = isAmong("draft", "pending_approval", "approved");
const FROZEN = isAmong("issued", "partially_paid", "paid", "disputed", "uncollectible");

/** A station that invoices pass: it waits while some stand in it, and is done when all have gone on. */
const passing = (
  station: "drafts" | "approval",
  facts: CorridorFacts,
  here: (total: StatusTotal) => boolean,
  beyond: (total: StatusTotal) => boolean,
): Station => {
  const standing = facts.invoices.filter(here);
  if (standing.length > 0) {
    const { count, amount } = sumUp(standing);
    const since = earliest(standing.map((total) => total.oldest));
    return { station, state: "waiting", since, count, amount, message: `${count} invoices wait here` };
  }
  const gone = facts.invoices.filter(beyond);
  if (gone.length === 0) return { station, ...EMPTY, message: "no invoice came here yet" };
  const since = earliest(gone.map((total) => total.oldest));
  return { station, state: "ok", since, count: 0, amount: ZERO, message: "every invoice went on" };
};

const issuedStation = ({ invoices }: CorridorFacts): Station => {
  const frozen = invoices.filter(FROZEN);
  if (frozen.length === 0) return { station: "issued", ...EMPTY, message: "no invoice is issued yet" };
  const waiting = sumUp(invoices.filter(UNISSUED)).count;
  return {
    station: "issued",
    state: waiting === 0 ? "ok" : "waiting",
    since: latestOf(frozen.map((total) => total.newest)),
    ...sumUp(frozen),
    message: waiting === 0 ? "every invoice is issued" : `${waiting} invoices are not issued yet`,
  };
};

/** What was paid of an invoice in US dollars, at the rate that it was issued with. */
const paidUsd = (invoice: InvoiceFigure): Exact => {
  const [total, paid] = [BigInt(invoice.totalMinor), BigInt(invoice.paidMinor)];
  return total === 0n ? ZERO : multiply(exact(invoice.totalUsd), fraction(paid, total));
};

const paidStation = (facts: CorridorFacts): Station => {
  const invoices = facts.figures?.invoices ?? [];
  if (invoices.length === 0) return { station: "paid", ...EMPTY, message: "there is nothing to be paid yet" };
  const open = invoices.filter((invoice) => BigInt(invoice.paidMinor) < BigInt(invoice.totalMinor));
  const overdue = open.filter((invoice) => invoice.isDue).length;
  const paid = sumExact(invoices.map(paidUsd));
  return {
    station: "paid",
    state: open.length === 0 ? "ok" : overdue > 0 ? "warning" : "waiting",
    since: latestOf(facts.invoices.filter(isAmong("paid", "partially_paid")).map((total) => total.newest)),
    count: invoices.length - open.length,
    amount: paid,
    message:
      open.length === 0 ? "every invoice is paid" : `${open.length} of ${invoices.length} are open, ${overdue} overdue`,
  };
};

const reconciledStation = (facts: CorridorFacts): Station => {
  const { latest, found, openExceptions } = facts;
  if (!latest) {
    const state = found ? "waiting" : "empty";
    return { station: "reconciled", ...EMPTY, state, message: "not reconciled yet" };
  }
  const isCurrent = found?.inputsDigest === latest.inputsDigest;
  return {
    station: "reconciled",
    state: isCurrent ? latest.status : "waiting",
    since: latest.createdAt,
    count: openExceptions,
    amount: exact(found?.variance ?? "0"),
    message: isCurrent
      ? `${openExceptions === 1 ? "1 exception is" : `${openExceptions} exceptions are`} open`
      : "the figures changed since: reconcile again",
  };
};

const booksStation = ({ books, invoices }: CorridorFacts): Station => {
  if (books.expected === 0) return { station: "books", ...EMPTY, message: "there is nothing to post yet" };
  const isComplete = books.posted === books.expected && books.isBalanced;
  return {
    station: "books",
    state: isComplete ? "ok" : "failed",
    since: books.newest,
    count: books.posted,
    amount: sumUp(invoices.filter(FROZEN)).amount,
    message: books.isBalanced
      ? `${books.posted} of ${books.expected} documents are posted`
      : "the trial balance is not zero",
  };
};

/** The corridor of a period, from AWS's files to the books. */
export const corridorOf = (facts: CorridorFacts): Station[] => [
  curStation(facts),
  costStation(facts),
  allocationStation(facts),
  passing("drafts", facts, isAmong("draft"), (total) => total.status !== "draft"),
  passing("approval", facts, isAmong("pending_approval", "approved"), FROZEN),
  issuedStation(facts),
  paidStation(facts),
  reconciledStation(facts),
  booksStation(facts),
];
