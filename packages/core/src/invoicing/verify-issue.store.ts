import { latestApproval } from "../approvals/index.ts";
import { type Json, sha256 } from "../kernel/index.ts";
import { type Entry, type EntryLine, findEntry } from "../ledger/index.ts";
import type { Tx } from "../ports/index.ts";
import type { ViewDoor } from "../record/index.ts";
import { type Difference, firstEntry, firstField } from "./differences.ts";
import type { DraftDocument } from "./draft-document.ts";
import { isIssued } from "./invoice.ts";
import { pdfKey } from "./invoice-pdf.action.ts";
import type { Invoice } from "./invoicing.store.ts";
import { issuedEntry } from "./issued-entry.ts";

const headOf = ({ entryDate, description, currency }: Entry): Readonly<Record<string, Json>> => ({
  entryDate,
  description,
  currency,
});

const lineOf = (line: EntryLine): Readonly<Record<string, Json>> => ({
  account: line.account.code,
  usdMinor: line.usdMinor.toString(),
  minor: line.minor.toString(),
  tenantId: line.tenantId,
  skuFamily: line.skuFamily,
});

/** What was approved last, and its digest, against the digest of the document. */
const approvalDifference = async (tx: Tx, { invoiceId, digest }: Invoice): Promise<Difference | undefined> => {
  const approval = await latestApproval(tx, { kind: "invoice", subjectId: invoiceId });
  return firstField(
    "approval",
    { state: approval?.state ?? null, digest: approval?.subjectDigest ?? null },
    { state: "approved", digest },
  );
};

/** The posted entry against what the issue of the document posts. */
const ledgerDifference = async (
  tx: Tx,
  { invoiceId, tenantId, documentNumber: number, issueDate }: Invoice,
  document: DraftDocument,
): Promise<Difference | undefined> => {
  const found = await findEntry(tx, { documentType: "invoice", documentId: invoiceId, event: "issue" });
  const path = `ledger/${found?.journalId ?? invoiceId}`;
  const description = found?.entry.description ?? null;
  if (number === null || issueDate === null)
    return { path: "header/documentNumber", stored: number, recomputed: description };
  const expected = issuedEntry(document, { invoiceId, tenantId, number, issueDate });
  if (!found) return { path, stored: null, recomputed: expected.description };
  return (
    firstField(path, headOf(found.entry), headOf(expected)) ??
    firstEntry(`${path}/lines`, found.entry.lines, expected.lines, lineOf)
  );
};

/** The kept PDF against the digest that was recorded when it was made; nothing before that. */
const pdfDifference = async (door: ViewDoor, { invoiceId, pdfDigest }: Invoice): Promise<Difference | undefined> => {
  if (pdfDigest === null) return undefined;
  const key = pdfKey(invoiceId);
  const digest = (await door.files.has(key)) ? sha256(await door.files.get(key)) : null;
  return firstField(key, { digest: pdfDigest }, { digest });
};

/** What the issue of an invoice left behind, against its document: approval, ledger entry and PDF. No check for what is not issued. */
export const verifyIssue = async (door: ViewDoor, invoice: Invoice, document: DraftDocument) => {
  if (!isIssued(invoice.status)) return [];
  const { approval, ledger } = await door.load(async (tx) => ({
    approval: await approvalDifference(tx, invoice),
    ledger: await ledgerDifference(tx, invoice, document),
  }));
  return [
    { check: "approval", difference: approval },
    { check: "ledger", difference: ledger },
    { check: "pdf", difference: await pdfDifference(door, invoice) },
  ] as const;
};
