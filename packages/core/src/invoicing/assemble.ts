import { type PublishedPlan, versionOn, versionStarts } from "../catalog/index.ts";
import { precondition, type TenantId, unreachable } from "../kernel/index.ts";
import {
  type Binding,
  type LegalEntity,
  peakSeats,
  type SeatChange,
  type Segment,
  segmentsIn,
  type Tenant,
} from "../tenants/index.ts";
import { addDays, contains, daysIn, type Day, type Period } from "../time/index.ts";
import { aggregateSnapshots, type Snapshot, usageDigest } from "../usage/index.ts";
import type { Adjustment } from "./adjustment-line.ts";
import type { AllocatedCost, AllocationSource, DraftSegment, DraftSource, PreviousInvoice } from "./draft-source.ts";
import type { InvoiceKind } from "./invoice.ts";

/** What is known of a period, of one tenant or of all, read at once. */
export interface PeriodSources {
  readonly period: Period;
  readonly kind: InvoiceKind;
  readonly tenants: readonly Tenant[];
  readonly entities: ReadonlyMap<string, LegalEntity>;
  readonly plans: readonly PublishedPlan[];
  readonly bindings: ReadonlyMap<TenantId, readonly Binding[]>;
  readonly seats: ReadonlyMap<TenantId, readonly SeatChange[]>;
  readonly snapshots: ReadonlyMap<TenantId, readonly Snapshot[]>;
  readonly allocation: AllocationSource | undefined;
  readonly costs: ReadonlyMap<TenantId, readonly AllocatedCost[]>;
  readonly adjustments: ReadonlyMap<TenantId, readonly Adjustment[]>;
  readonly previous: ReadonlyMap<TenantId, PreviousInvoice>;
}

const planOn = (plans: readonly PublishedPlan[], planCode: string, at: Day): PublishedPlan => {
  const plan = versionOn(plans, planCode, at);
  if (!plan)
    throw precondition(
      `plan ${planCode} has no version in force on ${at}. Publish one with effective_from ${at} or earlier, or bind another plan.`,
    );
  return plan;
};

interface Stretch extends Period {
  readonly published: PublishedPlan;
}

/** Cuts a segment where another version of its plan comes into force: each day is rated under the version of that day. */
const stretchesOf = (plans: readonly PublishedPlan[], segment: Segment): Stretch[] => {
  const cuts = versionStarts(plans, segment.planCode, segment);
  return cuts.map((start, index) => {
    const next = cuts[index + 1];
    return {
      start,
      end: next === undefined ? segment.end : addDays(next, -1),
      published: planOn(plans, segment.planCode, start),
    };
  });
};

/** Neighbours under the same version are one stretch, so that nothing is rounded in between. */
const joined = (stretches: readonly Stretch[]): Stretch[] =>
  stretches.reduce<Stretch[]>((list, next) => {
    const last = list.at(-1);
    if (last && last.published.digest === next.published.digest && addDays(last.end, 1) === next.start)
      return [...list.slice(0, -1), { ...last, end: next.end }];
    return [...list, next];
  }, []);

/** The stretches of a period under one plan version each, from a tenant's bindings. */
export const stretchesIn = (plans: readonly PublishedPlan[], bindings: readonly Binding[], period: Period): Stretch[] =>
  joined(segmentsIn(bindings, period).flatMap((segment) => stretchesOf(plans, segment)));

const segmentOf = (stretch: Stretch, snapshots: readonly Snapshot[], seats: readonly SeatChange[]): DraftSegment => ({
  ...stretch,
  usage: aggregateSnapshots(snapshots.filter((snapshot) => contains(stretch, snapshot.usageDate))).map(
    ({ metricCode, value, days }) => ({ metricCode, value, days }),
  ),
  seats: peakSeats(seats, stretch),
});

/**
 * What kind of invoice a tenant gets in a period: a regular one with a plan in it; without one, because the tenant left, an adjustment
 * where earlier invoices are to be corrected, whose cost of the period is not billed.
 */
export const invoiceKindOf = (
  { bindings, adjustments, period, kind }: Pick<PeriodSources, "bindings" | "adjustments" | "period" | "kind">,
  { tenantId }: Pick<Tenant, "tenantId">,
): InvoiceKind => {
  const isBound = segmentsIn(bindings.get(tenantId) ?? [], period).length > 0;
  return !isBound && (adjustments.get(tenantId) ?? []).length > 0 ? "adjustment" : kind;
};

/** The source of one tenant's draft, out of what was read for the period. */
export const sourceOf = (sources: PeriodSources, tenant: Tenant): DraftSource => {
  const { period, allocation } = sources;
  const { tenantId } = tenant;
  const snapshots = sources.snapshots.get(tenantId) ?? [];
  const seats = sources.seats.get(tenantId) ?? [];
  const stretches = stretchesIn(sources.plans, sources.bindings.get(tenantId) ?? [], period);
  const kind = invoiceKindOf(sources, tenant);
  return {
    tenant,
    entity: sources.entities.get(tenant.entityId) ?? unreachable(`legal entity ${tenant.entityId} is not there`),
    period,
    kind,
    segments: stretches.map((stretch) => segmentOf(stretch, snapshots, seats)),
    usageDigest: usageDigest(snapshots),
    allocation: allocation ?? unreachable("a draft without an allocation"),
    costs: kind === "adjustment" ? [] : (sources.costs.get(tenantId) ?? []),
    adjustments: sources.adjustments.get(tenantId) ?? [],
  };
};

/** Days that have a snapshot of a charged metric, and how many there should be. */
export const usageCoverage = (source: DraftSource): { readonly days: number; readonly expected: number } => {
  const parts = source.segments.flatMap((segment) => {
    const metrics = new Set(segment.published.plan.charges.flatMap((charge) => charge.metric_code ?? []));
    return [...metrics].map((metric) => ({
      days: segment.usage.find((usage) => usage.metricCode === metric)?.days ?? 0,
      expected: daysIn(segment),
    }));
  });
  return {
    days: parts.reduce((sum, part) => sum + part.days, 0),
    expected: parts.reduce((sum, part) => sum + part.expected, 0),
  };
};
