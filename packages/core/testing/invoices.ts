import { eq } from "drizzle-orm";
import type { InvoiceId, TenantId } from "../src/kernel/index.ts";
import { type InvoiceKind, type InvoiceStatus, isIssued } from "../src/invoicing/invoice.ts";
import { invoiceDetail, invoiceHeader } from "../src/invoicing/invoicing.sql.ts";
import { type Currency, exact, multiply, toText, unscaled } from "../src/money/index.ts";
import type { Database } from "../src/ports/index.ts";
import { legalEntity, tenantMaster } from "../src/tenants/tenants.sql.ts";
import { addDays, type Day, day, type Period } from "../src/time/index.ts";

/** A line of a ready-made invoice. Amounts in minor units, cost in USD as decimal text. */
export interface ReadyLine {
  readonly lineType?: string;
  readonly amountMinor: bigint;
  readonly discountMinor?: bigint;
  readonly costUsd?: string;
  readonly skuCode?: string;
  /** Rows of the allocation that the line carries. */
  readonly allocationIds?: readonly string[];
}

export interface ReadyInvoice {
  readonly invoiceId: InvoiceId;
  readonly tenantId: TenantId;
  readonly period: Period;
  /** Who issues it; the one that `placeTenant` makes unless said otherwise. */
  readonly entityId?: string;
  readonly lines: readonly ReadyLine[];
  readonly currency?: Currency;
  /** US dollars for one unit of the currency. */
  readonly rate?: string;
  readonly status?: InvoiceStatus;
  readonly kind?: InvoiceKind;
  readonly issueDate?: Day;
  readonly dueDays?: number;
}

const NOW = new Date("2026-07-02T08:00:00Z");

/** The parties that an invoice needs. */
export const placeTenant = (database: Database, tenantId: TenantId): Promise<void> =>
  database.transaction("operator", async (tx) => {
    await tx
      .insert(legalEntity)
      .values({
        entityId: "LE-1",
        name: "Seller",
        addressLines: [],
        country: "US",
        taxIds: [],
        currency: "USD",
        fiscalYearStartMonth: 1,
        timeZone: "UTC",
        numberPrefix: "CO",
        paymentInstructions: "",
        email: "billing@seller.example",
      })
      .onConflictDoNothing();
    await tx
      .insert(tenantMaster)
      .values({
        tenantId,
        tenantName: tenantId,
        status: "active",
        billingContact: { name: "Bill", email: "bill@buyer.example" },
        taxProfile: {},
        entityId: "LE-1",
        invoiceSuffix: tenantId,
        createdAt: NOW,
        updatedAt: NOW,
      })
      .onConflictDoNothing();
  });

const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

/** Minor units in US dollars, as decimal text. */
const inUsd = (invoice: ReadyInvoice, minor: bigint): string =>
  toText(multiply(exact(unscaled(minor, 2)), exact(invoice.rate ?? "1")));

const headerOf = (invoice: ReadyInvoice): typeof invoiceHeader.$inferInsert => {
  const gross = sumOf(invoice.lines.map((line) => line.amountMinor));
  const discount = sumOf(invoice.lines.map((line) => line.discountMinor ?? 0n));
  const total = gross - discount;
  return {
    invoiceId: invoice.invoiceId,
    tenantId: invoice.tenantId,
    entityId: invoice.entityId ?? "LE-1",
    kind: invoice.kind ?? "regular",
    status: "draft",
    periodStart: invoice.period.start,
    periodEnd: invoice.period.end,
    currency: invoice.currency ?? "USD",
    grossMinor: gross,
    discountMinor: discount,
    subtotalMinor: total,
    taxMinor: 0n,
    totalMinor: total,
    paidMinor: 0n,
    subtotalUsd: inUsd(invoice, total),
    taxUsd: "0",
    totalUsd: inUsd(invoice, total),
    document: {},
    digest: `sha256:${invoice.invoiceId}`,
    draftRevision: 1,
    preparedBy: [],
    comparison: {},
    createdAt: NOW,
    updatedAt: NOW,
    lockVersion: 1,
  };
};

const lineOf = (invoice: ReadyInvoice, line: ReadyLine, index: number): typeof invoiceDetail.$inferInsert => ({
  invoiceId: invoice.invoiceId,
  tenantId: invoice.tenantId,
  lineNo: index + 1,
  lineType: line.lineType ?? "subscription",
  skuCode: line.skuCode ?? "sku",
  title: "Line",
  quantity: "1",
  unit: "1",
  amountUsd: inUsd(invoice, line.amountMinor),
  amountMinor: line.amountMinor,
  amountExact: unscaled(line.amountMinor, 2),
  discountMinor: line.discountMinor ?? 0n,
  costUsd: line.costUsd ?? "0",
  steps: [],
  referenceIds: { allocation_ids: line.allocationIds ?? [] },
  serviceStart: invoice.period.start,
  serviceEnd: invoice.period.end,
});

/** An invoice as if it had been drafted, approved and issued: without the way there, for what comes after it. */
export const placeInvoice = (database: Database, invoice: ReadyInvoice): Promise<void> =>
  database.transaction("operator", async (tx) => {
    const { status = "issued" } = invoice;
    await tx.insert(invoiceHeader).values(headerOf(invoice));
    await tx.insert(invoiceDetail).values(invoice.lines.map((line, index) => lineOf(invoice, line, index)));
    const issueDate = invoice.issueDate ?? day("2026-07-02");
    const frozen = {
      documentNumber: `CO-${invoice.invoiceId}`,
      fiscalYear: 2026,
      issueDate,
      dueDate: addDays(issueDate, invoice.dueDays ?? 30),
      issuedAt: NOW,
    };
    await tx
      .update(invoiceHeader)
      .set({ status, ...(isIssued(status) ? frozen : {}) })
      .where(eq(invoiceHeader.invoiceId, invoice.invoiceId));
  });
