import { sql } from "drizzle-orm";
import { type DeliveryId, Problem } from "../kernel/index.ts";
import { isCurrency } from "../money/index.ts";
import type { Database, Tx } from "../ports/index.ts";
import { addMonths, type Month } from "../time/index.ts";
import type { Arrived } from "./arrival.ts";
import { readMonthBefore } from "./baseline.store.ts";
import { underPolicy } from "./cost-policy.ts";
import type { CostPolicyVersion } from "./cost-policy.store.ts";
import { type DailyGroup, dailySummary, type DailySummary } from "./daily.ts";
import { deriveDaily, dropDaily, stageDaily } from "./daily.store.ts";
import { activeOfPayers, type Delivery, hadSupport, lockPeriod, readDelivery } from "./deliveries.store.ts";
import { deliveryDigest, deliveryIdOf, replacedOf } from "./delivery.ts";
import { deliveryFindings, type Described, isFinalDelivery } from "./delivery-checks.ts";
import { readFacts } from "./facts.store.ts";
import { partFindings } from "./parts.store.ts";
import { type Finding, isQuarantined } from "./finding.ts";
import type { LakePorts, PreparedPeriod, PreparedSource } from "./prepare.store.ts";
import type { DeliverySource } from "./source.store.ts";

/** A delivery with its daily groups in place, waiting for the transaction that makes it count. */
export interface StagedDelivery extends Arrived {
  readonly delivery: Delivery;
  readonly summary: DailySummary;
  readonly findings: readonly Finding[];
  /** Every currency that its bytes have in the period. */
  readonly currencies: readonly string[];
  /** It came without a manifest: nobody says which files belong together. */
  readonly isLoose: boolean;
}

export interface StagePorts extends LakePorts {
  readonly database: Database;
}

const BATCH = 1000;

/** Makes room for the groups of a delivery; answers whether it may be staged: what another import let in meanwhile is left alone. */
const clearGroups = async (
  tx: Tx,
  of: { readonly deliveryId: DeliveryId; readonly period: Month },
): Promise<boolean> => {
  await lockPeriod(tx, of.period);
  const there = await readDelivery(tx, of.deliveryId);
  if (there && there.status !== "quarantined") return false;
  await dropDaily(tx, of.deliveryId);
  return true;
};

/**
 * Derives the daily groups and writes them under the delivery's id in short transactions of their own: nobody reads them before the
 * delivery is active, and the transaction that activates it stays short.
 */
const stageGroups = async (
  ports: StagePorts,
  of: { readonly deliveryId: DeliveryId; readonly period: Month },
  columnar: PreparedPeriod["columnar"],
): Promise<DailySummary> => {
  const { database } = ports;
  const summary = dailySummary();
  const isStaging = await database.transaction("operator", (tx) => clearGroups(tx, of));
  let waiting: DailyGroup[] = [];
  const write = async (): Promise<void> => {
    const groups = waiting;
    waiting = [];
    if (groups.length > 0) await database.transaction("operator", (tx) => stageDaily(tx, of, groups));
  };
  for await (const batch of deriveDaily(ports, columnar)) {
    for (const group of batch) {
      summary.add(group);
      if (isStaging) waiting.push(group);
      if (waiting.length >= BATCH) await write();
    }
  }
  await write();
  return summary.done();
};

interface Origin {
  readonly source: DeliverySource;
  readonly prepared: PreparedSource;
  readonly policy: CostPolicyVersion;
  readonly now: Date;
}

const deliveryOf = (
  described: Described,
  part: PreparedPeriod,
  origin: Origin,
  digest: string,
): Omit<Delivery, "status" | "isFinal"> => {
  const { facts, daily, currency } = described;
  return {
    deliveryId: deliveryIdOf(part.period, digest),
    sourceDeliveryId: origin.source.manifest?.deliveryId ?? null,
    period: part.period,
    currency: isCurrency(currency) ? currency : "XXX",
    format: described.format,
    rows: facts.rows,
    splitRows: facts.splitRows,
    ...daily.totals,
    rowsWithoutNet: facts.rowsWithoutNet,
    rowsWithoutInvoice: facts.rowsWithoutInvoice,
    payers: daily.payers.map((payer) => payer.payer),
    digest,
    rawFiles: described.rawFiles,
    columnarFiles: part.columnar,
    dailyDigest: daily.digest,
    policyVersion: origin.policy.version,
    supersededBy: null,
    createdAt: origin.now,
    activatedAt: null,
  };
};

/** What a delivery is held against: what it replaces, and what the month before had. */
const readBaseline = (ports: StagePorts, of: Described, part: PreparedPeriod, origin: Origin) => {
  const payers = of.daily.payers.map((payer) => payer.payer);
  return ports.database.transaction("operator", async (tx) => ({
    support: await hadSupport(tx, addMonths(part.period, -1)),
    baseline: {
      policy: origin.policy.policy,
      now: origin.now,
      replaced: replacedOf(await activeOfPayers(tx, part.period, payers), of, part.currencies),
      before: await readMonthBefore(tx, part.period, { payers, format: of.format }),
    },
  }));
};

const digestOfPart = (part: PreparedPeriod, raw: PreparedSource["raw"]): string =>
  deliveryDigest(
    part.period,
    raw.map((file) => file.digest),
    part.currencies.length > 1 ? part.currency : undefined,
  );

/** Derives, checks and stages one billing period and currency of a prepared source. */
const stagePeriod = async (
  ports: StagePorts,
  origin: Origin,
  part: PreparedPeriod,
  format: NonNullable<PreparedSource["format"]>,
): Promise<StagedDelivery> => {
  const { raw, findings: sourceFindings } = origin.prepared;
  const isLoose = origin.source.manifest === undefined;
  const digest = digestOfPart(part, raw);
  const deliveryId = deliveryIdOf(part.period, digest);
  const facts = await readFacts(ports, part.columnar);
  const daily = await stageGroups(ports, { deliveryId, period: part.period }, part.columnar);
  const described: Described = {
    source: origin.source.name,
    period: part.period,
    format,
    currency: part.currency,
    rawFiles: raw,
    facts,
    daily,
  };
  const { baseline, support } = await readBaseline(ports, described, part, origin);
  const parts = isLoose ? await partFindings(ports, { ...described, columnar: part.columnar }, baseline.replaced) : [];
  const findings = underPolicy(baseline.policy, [
    ...sourceFindings,
    ...deliveryFindings(described, baseline),
    ...parts,
  ]);
  const isKept = !isQuarantined(findings);
  return {
    summary: daily,
    findings,
    currencies: part.currencies,
    isLoose,
    arrival: origin.source.arrival,
    isFinal: isFinalDelivery(described, support),
    lastDay: daily.days.at(-1)?.day ?? "",
    rows: facts.rows,
    delivery: {
      ...deliveryOf(described, part, origin, digest),
      status: isKept ? "active" : "quarantined",
      isFinal: isKept && isFinalDelivery(described, support),
      activatedAt: isKept ? origin.now : null,
    },
  };
};

/** Stages the parts of sources, and takes back what it staged where their import fails: groups without a delivery stay behind nowhere. */
export const openStaging = (ports: StagePorts) => {
  const begun: { deliveryId: DeliveryId; period: Month }[] = [];
  return {
    /** A delivery that counts, or counted, already is not staged again. */
    stage: async (origin: Origin): Promise<{ staged: StagedDelivery[]; known: Delivery[] }> => {
      const { raw, format, periods } = origin.prepared;
      const [staged, known]: [StagedDelivery[], Delivery[]] = [[], []];
      for (const part of periods) {
        if (format === undefined) break;
        const deliveryId = deliveryIdOf(part.period, digestOfPart(part, raw));
        const there = await ports.database.transaction("operator", (tx) => readDelivery(tx, deliveryId));
        if (there && there.status !== "quarantined") known.push(there);
        else {
          begun.push({ deliveryId, period: part.period });
          staged.push(await stagePeriod(ports, origin, part, format));
        }
      }
      return { staged, known };
    },
    undo: async (): Promise<void> => {
      for (const of of begun) await ports.database.transaction("operator", (tx) => clearGroups(tx, of));
    },
  };
};

/** Derives and stages a quarantined delivery anew, for the transaction that lets it in. */
export const restageDelivery = async (
  ports: StagePorts,
  delivery: Delivery,
  now: Date,
): Promise<Pick<StagedDelivery, "delivery" | "summary">> => {
  const facts = await readFacts(ports, delivery.columnarFiles);
  const daily = await stageGroups(ports, delivery, delivery.columnarFiles);
  const support = await ports.database.transaction("operator", (tx) => hadSupport(tx, addMonths(delivery.period, -1)));
  return {
    summary: daily,
    delivery: {
      ...delivery,
      status: "active",
      isFinal: isFinalDelivery({ format: delivery.format, facts, daily }, support),
      activatedAt: now,
    },
  };
};

/** Another import may have begun to stage the same delivery anew: what is there must be what was summed up. Throws a transient Problem otherwise. */
export const assertStaged = async (
  database: Pick<Database, "rows">,
  tx: Tx,
  staged: Pick<StagedDelivery, "delivery" | "summary">,
): Promise<void> => {
  const { deliveryId } = staged.delivery;
  const [found] = await database.rows<{ groups: number; unblended: string; amortized: string }>(
    tx,
    sql`select count(*)::int as groups, coalesce(sum(unblended_cost), 0)::numeric(38,12)::text as unblended,
      coalesce(sum(amortized_cost), 0)::numeric(38,12)::text as amortized from cost_daily where delivery_id = ${deliveryId}`,
  );
  const { groups, totals } = staged.summary;
  if (found?.groups === groups && found.unblended === totals.unblendedCost && found.amortized === totals.amortizedCost)
    return;
  throw new Problem("transient", "INTERNAL", `the delivery ${deliveryId} is being imported by another run; try again`);
};
