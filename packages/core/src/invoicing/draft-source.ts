import type { PublishedPlan } from "../catalog/index.ts";
import type { RunId } from "../kernel/index.ts";
import type { LegalEntity, Tenant } from "../tenants/index.ts";
import type { Period } from "../time/index.ts";
import type { Adjustment } from "./adjustment-line.ts";
import type { DraftDocument } from "./draft-document.ts";
import type { InvoiceKind } from "./invoice.ts";

/** A tenant's value of a metric over a segment, aggregated by the metric's own rule. */
export interface SegmentUsage {
  readonly metricCode: string;
  /** Decimal text in the metric's unit. */
  readonly value: string;
  /** Days that have a snapshot. */
  readonly days: number;
}

/** A stretch of the period under one plan version, with what was used in it. */
export interface DraftSegment extends Period {
  readonly published: PublishedPlan;
  readonly usage: readonly SegmentUsage[];
  /** The most seats assigned on a day of the segment. */
  readonly seats: number;
}

/** What an allocation says that the tenant bears: one row a pool. */
export interface AllocatedCost {
  /** Id of the row. */
  readonly id: string;
  readonly service: string;
  readonly category: string;
  /** Decimal text, in the allocation's currency. */
  readonly cost: string;
  /** The metric, or the metrics with their weights, that the row was shared by; null for direct cost. */
  readonly keyMetric: string | null;
}

/** The allocation that a draft takes its costs from. */
export interface AllocationSource {
  readonly runId: RunId;
  readonly digest: string;
  readonly basis: string;
  readonly currency: string;
  readonly deliveryDigest: string;
  readonly deliveries: readonly { readonly delivery_id: string; readonly digest: string }[];
}

/** The invoice of the period before, to compare with. */
export interface PreviousInvoice {
  readonly invoiceId: string;
  readonly document: DraftDocument;
}

/** Everything a draft is made of; nothing else is looked at. */
export interface DraftSource {
  readonly tenant: Tenant;
  readonly entity: LegalEntity;
  readonly period: Period;
  readonly kind: InvoiceKind;
  readonly segments: readonly DraftSegment[];
  readonly usageDigest: string;
  readonly allocation: AllocationSource;
  readonly costs: readonly AllocatedCost[];
  /** What the invoice owes to restatements of earlier periods. */
  readonly adjustments: readonly Adjustment[];
}
