import { z } from "zod";
import { activeRuns } from "../allocation/index.ts";
import { costIn, deliveryState, payerTotals } from "../cost/index.ts";
import { statusTotals } from "../invoicing/index.ts";
import { forbidden, monthInput } from "../kernel/index.ts";
import { postingsOf, trialBalance } from "../ledger/index.ts";
import { exact, sumExact, toText } from "../money/index.ts";
import { selectPayments } from "../payments/index.ts";
import { listPeriods } from "../periods/index.ts";
import type { Tx } from "../ports/index.ts";
import { countExceptions, RECONCILIATION_POLICY, readStanding, type Standing } from "../reconciliation/index.ts";
import { may, type ViewDoor, view } from "../record/index.ts";
import { addMonths, dayOf, type Month, month as monthFrom, monthOf, monthPeriod } from "../time/index.ts";
import { type CorridorFacts, corridorOf, type Station } from "./corridor.ts";
import { isMine, pendingApprovals } from "./inbox.action.ts";
import { usdPair } from "./wire.ts";

/** Requests that are shown by name; the rest is counted. */
const SHOWN = 5;

/** Documents of a period that must be in the books, and those that are: its issued invoices, and what was received in it. */
const readBooks = async (tx: Tx, month: Month, standing: Standing) => {
  const { start, end } = monthPeriod(month);
  const payments = await selectPayments(tx, { status: "confirmed", from: start, to: end });
  const invoiceIds = (standing.figures?.invoices ?? []).map((invoice) => invoice.invoiceId);
  const paymentIds = payments.map((payment) => payment.paymentId);
  const posted = [
    ...(await postingsOf(tx, { documentType: "invoice", event: "issue", documentIds: invoiceIds })),
    ...(await postingsOf(tx, { documentType: "payment", event: "payment", documentIds: paymentIds })),
  ];
  const times = posted.map((posting) => posting.postedAt.getTime());
  return {
    expected: invoiceIds.length + paymentIds.length,
    posted: posted.length,
    newest: times.length === 0 ? null : new Date(Math.max(...times)),
  };
};

const readFacts = async (tx: Tx, door: ViewDoor, month: Month) => {
  const { basis } = RECONCILIATION_POLICY;
  const period = monthPeriod(month);
  const standing = await readStanding(tx, { month, today: dayOf(door.now) });
  const payers = await payerTotals(tx, { period: month, currency: "USD" });
  return {
    ...standing,
    deliveries: await deliveryState(tx, { period: month }),
    cost: {
      rows: payers.reduce((sum, payer) => sum + payer.rows, 0),
      unblended: toText(sumExact(payers.map((payer) => exact(payer.unblendedCost)))),
      inBasis: toText(sumExact(payers.map((payer) => exact(costIn(payer, basis))))),
    },
    run: (await activeRuns(tx, { period, basis, currency: "USD" }))[0],
    openExceptions: (await countExceptions(tx, { period: month })).count,
    invoices: await statusTotals(tx, period),
    books: await readBooks(tx, month, standing),
  };
};

const shownStation = (station: Station, now: Date) => ({
  station: station.station,
  state: station.state,
  since: station.since?.toISOString() ?? null,
  age_seconds:
    station.since === null ? null : Math.max(0, Math.floor((now.getTime() - station.since.getTime()) / 1000)),
  count: station.count,
  ...usdPair("amount_usd", station.amount),
  message: station.message,
});

/** The newest period that something happened in, else the month before this one. */
const newestPeriod = async (tx: Tx, now: Date): Promise<Month> => {
  const [newest] = await listPeriods(tx);
  return newest ? monthFrom(newest.period) : addMonths(monthOf(dayOf(now)), -1);
};

/** What this actor, by its scopes, could do next. */
const waitingForMe = async (door: ViewDoor, facts: Pick<CorridorFacts, "invoices">) => {
  const mine = (await pendingApprovals(door)).filter((approval) => isMine(approval, door.actor));
  const drafts = facts.invoices.filter((total) => total.status === "draft");
  const exceptions = await door.load((tx) => countExceptions(tx));
  return {
    approvals: {
      count: mine.length,
      oldest_at: mine[0]?.requested_at ?? null,
      first: mine.slice(0, SHOWN).map(({ approval_id, kind, subject_id, tenant_id, requested_at }) => ({
        approval_id,
        kind,
        subject_id,
        tenant_id,
        requested_at,
      })),
    },
    drafts_to_submit: may(door.actor, "billing:write") ? drafts.reduce((sum, total) => sum + total.count, 0) : 0,
    exceptions: {
      count: may(door.actor, "recon:write") ? exceptions.count : 0,
      oldest_at: may(door.actor, "recon:write") ? (exceptions.oldest?.toISOString() ?? null) : null,
    },
  };
};

/** A period as a line from AWS's files to the books: the state of each station, what is off, and what waits for who asks. */
export const corridor = view(
  "reports.corridor",
  { needs: "billing:read", input: z.object({ period: monthInput.optional() }) },
  async (door, input) => {
    if (door.actor.tenantId !== undefined)
      throw forbidden("the overview is the operator's own: a tenant's token does not reach it.");
    door.need("cost:read");
    door.need("recon:read");
    const month = input.period ?? (await door.load((tx) => newestPeriod(tx, door.now)));
    const read = await door.load((tx) => readFacts(tx, door, month));
    const { is_balanced: isBalanced } = await trialBalance.run(door.call, {});
    const facts: CorridorFacts = { ...read, books: { ...read.books, isBalanced } };
    return {
      period: month,
      as_of: door.now.toISOString(),
      currency: "USD",
      stations: corridorOf(facts).map((station) => shownStation(station, door.now)),
      off: (facts.found?.checks ?? [])
        .filter((check) => check.verdict === "warning" || check.verdict === "failed")
        .map(({ check, verdict, message }) => ({ check, verdict, message })),
      waits_for_me: await waitingForMe(door, facts),
    };
  },
);
