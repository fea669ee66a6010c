import { and, asc, eq, inArray, lt, notInArray, sql } from "drizzle-orm";
import { insertRows } from "../record/index.ts";
import type { AllocationRunRow } from "../allocation/index.ts";
import type { InvoiceId, RunId, TenantId } from "../kernel/index.ts";
import { exact, negate, toText } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { type Day, monthOf, type Period } from "../time/index.ts";
import { activeRun } from "./active-run.store.ts";
import { billedLines, type RestatedInvoice, settle, type Settlement } from "./adjustment.ts";
import type { Adjustment, BilledLine, RestatementRef } from "./adjustment-line.ts";
import { type DraftDocument, readDocument } from "./draft-document.ts";
import { FROZEN, type InvoiceStatus } from "./invoice.ts";
import { invoiceDetail, invoiceHeader } from "./invoicing.sql.ts";
import { RESTATEMENT_POLICY } from "./restatement-policy.ts";
import { restatement, restatementRow } from "./restatement.sql.ts";

export type StoredRestatement = typeof restatement.$inferSelect;

/** An issued invoice with what it charges. */
export interface IssuedDocument {
  readonly invoiceId: InvoiceId;
  readonly tenantId: TenantId;
  readonly document: DraftDocument;
}

/** Makes whatever else bills or computes corrections wait until this transaction ends. */
export const lockAdjustments = async (tx: Tx): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('invoicing/adjustments', 0))`);
};

const issuedWhere = async (tx: Tx, condition: ReturnType<typeof and>): Promise<IssuedDocument[]> => {
  const rows = await tx
    .select({ invoiceId: invoiceHeader.invoiceId, tenantId: invoiceHeader.tenantId, document: invoiceHeader.document })
    .from(invoiceHeader)
    .where(and(inArray(invoiceHeader.status, [...FROZEN]), condition))
    .orderBy(asc(invoiceHeader.invoiceId));
  return rows.map((row) => ({ ...row, document: readDocument(row.document) }));
};

/** The regular invoices of a period that were issued and stand. */
export const issuedRegular = (tx: Tx, period: Period): Promise<IssuedDocument[]> =>
  issuedWhere(
    tx,
    and(
      eq(invoiceHeader.kind, "regular"),
      eq(invoiceHeader.periodStart, period.start),
      eq(invoiceHeader.periodEnd, period.end),
    ),
  );

/** Issued invoices, by their ids and by the invoices that lines of them correct. */
export const billingOf = (tx: Tx, invoiceIds: readonly InvoiceId[]): Promise<IssuedDocument[]> =>
  invoiceIds.length === 0
    ? Promise.resolve([])
    : issuedWhere(
        tx,
        sql`(${inArray(invoiceHeader.invoiceId, [...invoiceIds])} or ${invoiceHeader.invoiceId} in
          (select ${invoiceDetail.invoiceId} from ${invoiceDetail} where ${inArray(invoiceDetail.adjustsInvoiceId, [...invoiceIds])}))`,
      );

/** The invoices on which corrections of others stand, issued or still to be, by the invoice that is corrected. */
export const correctingInvoices = async (
  tx: Tx,
  invoiceIds: readonly InvoiceId[],
): Promise<
  ReadonlyMap<InvoiceId | null, readonly { readonly invoiceId: InvoiceId; readonly status: InvoiceStatus }[]>
> =>
  invoiceIds.length === 0
    ? new Map()
    : Map.groupBy(
        await tx
          .selectDistinct({
            corrects: invoiceDetail.adjustsInvoiceId,
            invoiceId: invoiceHeader.invoiceId,
            status: invoiceHeader.status,
          })
          .from(invoiceDetail)
          .innerJoin(invoiceHeader, eq(invoiceHeader.invoiceId, invoiceDetail.invoiceId))
          .where(
            and(
              inArray(invoiceDetail.adjustsInvoiceId, [...invoiceIds]),
              notInArray(invoiceHeader.status, ["cancelled", "discarded"]),
            ),
          )
          .orderBy(asc(invoiceHeader.invoiceId)),
        (row) => row.corrects,
      );

/** The restatement of a run; undefined where there is none. */
export const restatementOfRun = async (tx: Tx, runId: RunId): Promise<StoredRestatement | undefined> =>
  (await tx.select().from(restatement).where(eq(restatement.runId, runId)))[0];

const negated = (amount: string): string => toText(negate(exact(amount)));

/** Stores a restatement and the rows that it takes back and puts in their place. */
export const storeRestatement = async (
  tx: Tx,
  row: StoredRestatement,
  invoices: readonly (RestatedInvoice & { readonly tenantId: TenantId })[],
  billedOf: (invoiceId: InvoiceId) => ReadonlyMap<string, readonly BilledLine[]>,
): Promise<void> => {
  await tx.insert(restatement).values(row);
  const rows = invoices.flatMap(({ tenantId, invoice_id: invoiceId, lines }) =>
    lines.flatMap((line) => {
      const of = { restatementId: row.restatementId, tenantId, invoiceId, lineId: line.line_id };
      const reversals = (billedOf(invoiceId).get(line.line_id) ?? []).map((billed) => ({
        ...of,
        kind: "reversal" as const,
        correctsInvoiceId: billed.invoice_id,
        correctsLineNo: billed.line_no,
        amountUsd: negated(billed.amount),
        costUsd: negated(billed.cost),
        line: null,
      }));
      const added = {
        ...of,
        kind: "restated" as const,
        correctsInvoiceId: null,
        correctsLineNo: null,
        amountUsd: line.amount,
        costUsd: line.cost,
        line,
      };
      return [...reversals, added];
    }),
  );
  await insertRows(
    tx,
    restatementRow,
    rows.map((one, index) => ({ ...one, rowNo: index + 1 })),
  );
};

const refOf = (row: StoredRestatement, run: AllocationRunRow, invoiceId: InvoiceId): RestatementRef => ({
  restatement_id: row.restatementId,
  period: monthOf(row.periodStart),
  invoice_id: invoiceId,
  run_id: row.runId,
  allocation_digest: row.allocationDigest,
  deliveries: run.deliveries.map(({ delivery_id, digest }) => ({ delivery_id, digest })),
});

/** The restatement of the allocation that counts for a period, invoice by invoice. */
const restatedInvoices = async (
  tx: Tx,
  row: StoredRestatement,
  run: AllocationRunRow,
  tenantIds: readonly TenantId[] | undefined,
): Promise<(RestatedInvoice & { readonly tenantId: TenantId })[]> => {
  const rows = await tx
    .select()
    .from(restatementRow)
    .where(
      and(
        eq(restatementRow.restatementId, row.restatementId),
        eq(restatementRow.kind, "restated"),
        tenantIds === undefined ? undefined : inArray(restatementRow.tenantId, [...tenantIds]),
      ),
    )
    .orderBy(asc(restatementRow.rowNo));
  return [...Map.groupBy(rows, (one) => one.invoiceId)].flatMap(([invoiceId, own]) => {
    const tenantId = own[0]?.tenantId;
    const lines = own.flatMap((one) => one.line ?? []);
    return tenantId === undefined || tenantId === null ? [] : [{ ...refOf(row, run, invoiceId), tenantId, lines }];
  });
};

/** How an invoice of a billed period stands after the restatement that counts. */
export interface InvoiceStanding extends Settlement {
  readonly tenantId: TenantId;
  readonly restated: RestatedInvoice;
}

/** How the invoices of a period stand: what of their restatement is still to be billed, and what the operator bears. */
export const standingOf = async (
  tx: Tx,
  of: { readonly period: Period; readonly tenantIds?: readonly TenantId[] | undefined },
): Promise<InvoiceStanding[]> => {
  const run = await activeRun(tx, of.period);
  const row = run && (await restatementOfRun(tx, run.runId));
  if (!run || !row) return [];
  const invoices = await restatedInvoices(tx, row, run, of.tenantIds);
  const issued = await billingOf(
    tx,
    invoices.map((invoice) => invoice.invoice_id),
  );
  const standing = new Set(issued.map(({ invoiceId }) => invoiceId));
  return invoices
    .filter((invoice) => standing.has(invoice.invoice_id))
    .map((restated) => ({
      ...settle(restated, billedLines(restated.invoice_id, issued), RESTATEMENT_POLICY),
      tenantId: restated.tenantId,
      restated,
    }));
};

/** What tenants' next invoices owe to restatements of periods before a day, oldest first. */
export const pendingAdjustments = async (
  tx: Tx,
  of: { readonly before: Day; readonly tenantIds?: readonly TenantId[] | undefined },
): Promise<Map<TenantId, Adjustment[]>> => {
  const periods = await tx
    .selectDistinct({ start: restatement.periodStart, end: restatement.periodEnd })
    .from(restatement)
    .where(lt(restatement.periodStart, of.before))
    .orderBy(asc(restatement.periodStart));
  const pending = new Map<TenantId, Adjustment[]>();
  for (const period of periods)
    for (const { tenantId, adjustments } of await standingOf(tx, { period, tenantIds: of.tenantIds }))
      if (adjustments.length > 0) pending.set(tenantId, [...(pending.get(tenantId) ?? []), ...adjustments]);
  return pending;
};
