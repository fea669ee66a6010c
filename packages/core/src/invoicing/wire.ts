import { type Json, usdNumber } from "../kernel/index.ts";
import { type Currency, exact, money, moneyText, subtract, toText } from "../money/index.ts";
import type { Day } from "../time/index.ts";
import { readDocument } from "./draft-document.ts";
import { marginOf } from "./draft-rows.ts";
import type { InvoiceKind } from "./invoice.ts";
import { openMinor, type Settleable } from "./settlement.ts";

/** An invoice header as it is stored. */
interface StoredInvoice extends Settleable {
  readonly tenantId: string;
  readonly entityId: string;
  readonly kind: InvoiceKind;
  readonly periodStart: Day;
  readonly periodEnd: Day;
  readonly currency: Currency;
  readonly grossMinor: bigint;
  readonly discountMinor: bigint;
  readonly subtotalUsd: string;
  readonly taxUsd: string;
  readonly totalUsd: string;
  readonly document: Json;
  readonly digest: string;
  readonly draftRevision: number;
  readonly preparedBy: readonly string[];
  readonly comparison: Json;
  readonly sentBackReason: string | null;
  readonly documentNumber: string | null;
  readonly issueDate: Day | null;
  readonly dueDate: Day | null;
  readonly pdfDigest: string | null;
  readonly createdAt: Date;
  readonly issuedAt: Date | null;
  readonly paidAt: Date | null;
}

/** A line as it is stored; decimals as text. */
interface StoredLine {
  readonly id: bigint;
  readonly lineNo: number;
  readonly lineType: string;
  readonly skuCode: string;
  readonly metricCode: string | null;
  readonly title: string;
  readonly quantity: string;
  readonly unit: string;
  readonly unitPriceUsd: string | null;
  readonly amountUsd: string;
  readonly amountExact: string;
  readonly discountMinor: bigint;
  readonly costUsd: string;
  readonly steps: Json;
  readonly referenceIds: Json;
  readonly serviceStart: Day;
  readonly serviceEnd: Day;
}

/** A `_usd` field as a number with at most 6 decimals, and the exact text beside it. */
const usd = <N extends string>(name: N, amount: string) =>
  ({ [`${name}_usd`]: usdNumber(amount), [`${name}_usd_exact`]: toText(exact(amount)) }) as {
    readonly [K in `${N}_usd`]: number;
  } & { readonly [K in `${N}_usd_exact`]: string };

const instant = (value: Date | null): string | null => value?.toISOString() ?? null;

/** An invoice header in Phase 1's words: what a tenant may see too. */
export const shownInvoice = (invoice: StoredInvoice) => {
  const text = (minor: bigint): string => moneyText(money(minor, invoice.currency));
  return {
    invoice_id: invoice.invoiceId,
    tenant_id: invoice.tenantId,
    entity_id: invoice.entityId,
    kind: invoice.kind,
    period_start: invoice.periodStart,
    period_end: invoice.periodEnd,
    status: invoice.status,
    currency: invoice.currency,
    ...usd("gross", text(invoice.grossMinor)),
    ...usd("discount", text(invoice.discountMinor)),
    ...usd("subtotal", invoice.subtotalUsd),
    ...usd("tax", invoice.taxUsd),
    ...usd("total", invoice.totalUsd),
    ...usd("paid", text(invoice.paidMinor)),
    ...usd("open", text(openMinor(invoice))),
    number: invoice.documentNumber,
    digest: invoice.digest,
    issue_date: invoice.issueDate,
    due_date: invoice.dueDate,
    created_at: invoice.createdAt.toISOString(),
    issued_at: instant(invoice.issuedAt),
    paid_at: instant(invoice.paidAt),
  };
};

/** The parties, plans, taxes and discounts of an invoice. */
export const shownContent = (invoice: StoredInvoice) => {
  const { seller, buyer, dates, plans, taxes, discounts } = readDocument(invoice.document);
  return { seller, buyer, tax_point: dates.tax_point, plans, taxes, discounts, pdf_digest: invoice.pdfDigest };
};

/** What only the operator sees: who made the draft, what changed, what it cost. */
export const shownToOperator = (invoice: StoredInvoice) => {
  const document = readDocument(invoice.document);
  const { cost, margin } = marginOf(document);
  return {
    draft_revision: invoice.draftRevision,
    prepared_by: invoice.preparedBy,
    sent_back_reason: invoice.sentBackReason,
    comparison: invoice.comparison,
    inputs: document.inputs,
    ...usd("cost", cost),
    ...usd("margin", margin),
  };
};

interface LineFigures {
  readonly cost_usd: number;
  readonly cost_usd_exact: string;
  readonly margin_usd: number;
  readonly margin_usd_exact: string;
}

/** Cost and margin of a line: the operator's alone. */
const figuresOf = (line: StoredLine): LineFigures => {
  const discount = exact(moneyText(money(line.discountMinor, "USD")));
  const net = subtract(exact(line.amountUsd), discount);
  return { ...usd("cost", line.costUsd), ...usd("margin", toText(subtract(net, exact(line.costUsd)))) };
};

/** A line in Phase 1's words. */
export const shownLine = (line: StoredLine, forOperator: boolean) => {
  const figures: Partial<LineFigures> = forOperator ? figuresOf(line) : {};
  return {
    line_id: line.id.toString(),
    line_no: line.lineNo,
    line_type: line.lineType,
    sku_code: line.skuCode,
    metric_code: line.metricCode,
    title: line.title,
    quantity: Number(line.quantity),
    quantity_exact: toText(exact(line.quantity)),
    unit: line.unit,
    unit_price_usd: line.unitPriceUsd === null ? null : usdNumber(line.unitPriceUsd),
    unit_price_usd_exact: line.unitPriceUsd === null ? null : toText(exact(line.unitPriceUsd)),
    ...usd("amount", line.amountUsd),
    ...usd("discount", moneyText(money(line.discountMinor, "USD"))),
    amount_unrounded_exact: toText(exact(line.amountExact)),
    service_start: line.serviceStart,
    service_end: line.serviceEnd,
    steps: line.steps,
    references: forOperator ? line.referenceIds : { allocation_ids: [] },
    ...figures,
  };
};
