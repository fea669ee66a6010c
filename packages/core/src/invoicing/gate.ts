import { type Detail, precondition } from "../kernel/index.ts";
import { addDays, type Day, type Period } from "../time/index.ts";

/** What is known of a period when an invoice of it is drafted or issued. */
export interface PeriodFacts {
  readonly period: Period;
  readonly today: Day;
  readonly state: "open" | "closing" | "closed";
  readonly verdicts: readonly { readonly checkName: string; readonly verdict: string }[];
  /** Digest of the deliveries that the active allocation was made from; undefined while there is none. */
  readonly allocatedDeliveries: string | undefined;
  /** The deliveries that are active now. */
  readonly deliveries: readonly { readonly deliveryId: string; readonly digest: string; readonly isFinal: boolean }[];
  /** The deliveries that the allocation was made from. */
  readonly usedDeliveries: readonly { readonly delivery_id: string; readonly digest: string }[];
}

const failed = (facts: Pick<PeriodFacts, "verdicts">): Detail[] =>
  facts.verdicts
    .filter((verdict) => verdict.verdict === "failed")
    .map(({ checkName }) => ({ field: `verdict.${checkName}`, reason: `the check "${checkName}" failed` }));

const closed = (facts: Pick<PeriodFacts, "state">): Detail[] =>
  facts.state === "closed" ? [{ field: "period", reason: "the period is closed" }] : [];

const isStale = (facts: Pick<PeriodFacts, "deliveries" | "usedDeliveries">): boolean => {
  const used = new Map(facts.usedDeliveries.map((delivery) => [delivery.delivery_id, delivery.digest]));
  return (
    used.size !== facts.deliveries.length ||
    facts.deliveries.some((delivery) => used.get(delivery.deliveryId) !== delivery.digest)
  );
};

/** Billing waits for final cost, or for this day of the next month, from which on an approver may accept what is there. */
const DAY_OF_ACCEPTANCE = 10;

const notFinal = ({ period, today, deliveries }: PeriodFacts): Detail[] => {
  const from = addDays(period.end, DAY_OF_ACCEPTANCE);
  if (today >= from) return [];
  return deliveries
    .filter((delivery) => !delivery.isFinal)
    .map(({ deliveryId }) => ({
      field: "delivery",
      reason: `the cost delivery ${deliveryId} is not final: wait for a final one, or for ${from}, when an approver may accept it`,
    }));
};

/** Why no invoice of the period can be drafted; empty where one can. */
export const draftFaults = (facts: PeriodFacts): Detail[] => {
  const { period, today } = facts;
  const notOver =
    period.end >= today ? [{ field: "period_end", reason: `the period is not over: it ends on ${period.end}` }] : [];
  const allocation =
    facts.allocatedDeliveries === undefined
      ? [{ field: "allocation", reason: "the period's cost is not allocated" }]
      : isStale(facts)
        ? [{ field: "allocation", reason: "cost was delivered after the allocation: allocate the period again" }]
        : [];
  return [...notOver, ...closed(facts), ...allocation, ...notFinal(facts), ...failed(facts)];
};

/** What is known of an invoice's period and usage when it is issued. */
export interface IssueFacts extends Pick<PeriodFacts, "state" | "verdicts" | "deliveries" | "usedDeliveries"> {
  /** Digest of the tenant's usage as it is now, and as the draft was made from it. */
  readonly usageDigest: string;
  readonly usedUsageDigest: string;
  /** The plan versions that the tenant had in the period as it is known now, and those that the draft was rated with. */
  readonly plans: readonly PlanStretch[];
  readonly usedPlans: readonly PlanStretch[];
}

interface PlanStretch {
  readonly digest: string;
  readonly start: string;
  readonly end: string;
}

const samePlans = (a: readonly PlanStretch[], b: readonly PlanStretch[]): boolean =>
  a.length === b.length &&
  a.every((one, index) => {
    const other = b[index];
    return one.digest === other?.digest && one.start === other.start && one.end === other.end;
  });

/** Why an invoice of the period cannot be issued; empty where it can. `usedDeliveries` are those that its draft was made from. */
export const issueFaults = (facts: IssueFacts): Detail[] => [
  ...closed(facts),
  ...(isStale(facts)
    ? [
        {
          field: "allocation",
          reason: "cost was delivered after the draft: allocate the period again, then draft the invoice again",
        },
      ]
    : []),
  ...(facts.usageDigest === facts.usedUsageDigest
    ? []
    : [{ field: "usage", reason: "usage was recorded after the draft: draft the invoice again" }]),
  ...(samePlans(facts.plans, facts.usedPlans)
    ? []
    : [{ field: "plan", reason: "the tenant's plan was changed after the draft: draft the invoice again" }]),
  ...failed(facts),
];

/** Throws a precondition Problem that names every reason. */
export const refuseFor = (what: string, faults: readonly Detail[]): void => {
  if (faults.length === 0) return;
  throw precondition(`${what}: ${faults.map((fault) => fault.reason).join("; ")}.`, faults);
};

/** What does not stop a draft, but what its approver should know. */
export const draftWarnings = (
  facts: PeriodFacts,
  usage: { readonly days: number; readonly expected: number },
): string[] => [
  ...facts.deliveries
    .filter((delivery) => !delivery.isFinal)
    .map((delivery) => `the cost delivery ${delivery.deliveryId} is not final`),
  ...facts.verdicts
    .filter((verdict) => verdict.verdict === "warning")
    .map((verdict) => `the check "${verdict.checkName}" warns`),
  ...(usage.days < usage.expected
    ? [`usage is incomplete: ${usage.days} of ${usage.expected} days and metrics have a snapshot`]
    : []),
];
