import type { CostBasis } from "../allocation/index.ts";
import type { InvoiceId, TenantId } from "../kernel/index.ts";
import type { Currency } from "../money/index.ts";
import type { Month } from "../time/index.ts";

/** What AWS charged one payer in a period, as the daily cost has it; decimal text in US dollars. */
export type PayerFigure = {
  readonly payer: string;
  /** In the period's basis. */
  readonly cost: string;
  /** Null where the format has no columns for it (FOCUS). */
  readonly identity: { readonly difference: string; readonly tolerance: string; readonly isClosed: boolean } | null;
  /** Lines whose day is in another month than their bill. */
  readonly outsideRows: number;
  readonly outsideCost: string;
};

/** The same service from two sides: what was charged, and what the allocation placed. */
export type ServiceFigure = { readonly service: string; readonly cost: string; readonly placed: string };

export type TenantFigure = { readonly tenantId: TenantId; readonly cost: string };

/** An issued invoice as its header, its lines and its payments tell it, each for itself. */
export type InvoiceFigure = {
  readonly invoiceId: InvoiceId;
  readonly tenantId: TenantId;
  readonly kind: string;
  readonly currency: Currency;
  /** From the header, without tax. */
  readonly subtotalUsd: string;
  /** From the lines: their amounts less discounts, without tax. */
  readonly lineRevenueUsd: string;
  /** The part of it that comes again every cycle: subscriptions, seats, minimum commitments. */
  readonly recurringRevenueUsd: string;
  readonly lineCostUsd: string;
  /** Cost that a later delivery moved and no issued line carries: it waits for the next invoice, or the operator bears it. */
  readonly restatedCostUsd: string;
  readonly totalUsd: string;
  /** Minor units of the currency: the total, what the header says is paid, what the payments say. */
  readonly totalMinor: string;
  readonly paidMinor: string;
  readonly receivedMinor: string;
  /** Past its due day, and not written off. */
  readonly isDue: boolean;
};

/** What the restatement that counts says of an issued invoice; decimal text in US dollars. */
export type RestatementFigure = {
  readonly tenantId: TenantId;
  readonly invoiceId: InvoiceId;
  readonly outcome: "adjustment" | "operator" | "none";
  /** Still to be billed, or borne by the operator. */
  readonly amount: string;
  readonly cost: string;
};

/** Usage that an issued invoice charges, and that was recorded or corrected after it was issued. */
export type LateUsageFigure = {
  readonly tenantId: TenantId;
  readonly invoiceId: InvoiceId;
  readonly metrics: readonly { readonly metricCode: string; readonly days: number }[];
};

/** Cost that a tenant is charged for by cost_plus, by service: as its lines, their corrections and the restatement settle it, and as it is allocated now. */
export type CostPlusFigure = {
  readonly tenantId: TenantId;
  readonly service: string;
  readonly frozen: string;
  readonly current: string;
};

/** Everything that a reconciliation looks at; the same figures give the same result. */
export type Figures = {
  readonly period: Month;
  readonly basis: CostBasis;
  readonly payers: readonly PayerFigure[];
  readonly services: readonly ServiceFigure[];
  readonly run: {
    readonly runId: string;
    readonly total: string;
    readonly direct: string;
    readonly allocated: string;
    readonly overhead: string;
    readonly untagged: string;
  };
  readonly tenants: readonly TenantFigure[];
  readonly invoices: readonly InvoiceFigure[];
  /** Null while the period is not billed. */
  readonly restatement: {
    /** Whether the allocation that counts was held against the issued invoices. */
    readonly isCurrent: boolean;
    readonly invoices: readonly RestatementFigure[];
  } | null;
  readonly lateUsage: readonly LateUsageFigure[];
  readonly costPlus: readonly CostPlusFigure[];
  /** Keys of what the invoice check found in the period before, and nobody resolved or accepted. */
  readonly repeated: readonly string[];
};
