import { z } from "zod";
import { missing, precondition, sha256 } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ViewDoor, view } from "../record/index.ts";
import { readLegalEntity } from "../tenants/index.ts";
import { type DraftDocument, readDocument } from "./draft-document.ts";
import { isIssued } from "./invoice.ts";
import { invoiceCsv } from "./invoice-csv.ts";
import { invoiceIdInput } from "./invoice-input.ts";
import { changeInvoice, type Invoice, readInvoice } from "./invoicing.store.ts";
import { localDay } from "./number.ts";
import { printedInvoice } from "./print.ts";

export const pdfKey = (invoiceId: string): string => `pdf/${invoiceId}.pdf`;

/** The invoice that a document corrects, where it is the only one and the document charges nothing else. */
const correctedBy = async (tx: Tx, document: DraftDocument) => {
  const corrected = new Set(document.lines.map((line) => line.adjusts?.invoice_id));
  const [only, ...others] = corrected;
  if (only === undefined || others.length > 0) return undefined;
  const { documentNumber: number, issueDate } = await readInvoice(tx, only);
  return number === null || issueDate === null ? undefined : { number, issueDate };
};

/** The document of an invoice as PDF: the same bytes whenever it is rendered after issue. */
const renderPdf = async (door: ViewDoor, invoice: Invoice): Promise<Uint8Array> => {
  const document = readDocument(invoice.document);
  const { entity, corrects } = await door.load(async (tx) => ({
    entity: await readLegalEntity(tx, invoice.entityId),
    corrects: await correctedBy(tx, document),
  }));
  return door.documents.renderInvoice(
    printedInvoice(document, {
      corrects,
      invoiceId: invoice.invoiceId,
      number: invoice.documentNumber ?? undefined,
      issueDate: invoice.issueDate ?? localDay(invoice.createdAt, entity.timeZone),
      dueDate: invoice.dueDate ?? undefined,
      digest: invoice.digest,
    }),
  );
};

/** A PDF is given out only as what was kept of it when the invoice was issued. Throws a precondition Problem otherwise. */
const asKept = ({ invoiceId, pdfDigest }: Invoice, content: Uint8Array, what: string): Uint8Array => {
  if (pdfDigest === null || sha256(content) === pdfDigest) return content;
  throw precondition(
    `${what}: its digest is not ${pdfDigest}. Put ${pdfKey(invoiceId)} back from a copy of the files, and see npx commops invoice explain ${invoiceId} --verify.`,
  );
};

/** Rendered again, and the same bytes where one was kept before. Throws a precondition Problem where they are others. */
const renderAgain = async (door: ViewDoor, invoice: Invoice): Promise<Uint8Array> =>
  asKept(
    invoice,
    await renderPdf(door, invoice),
    `the stored PDF of ${invoice.invoiceId} is gone, and rendered again it is another`,
  );

/** The stored PDF, or the same bytes rendered again. Throws a precondition Problem where they are not what was stored. */
const pdfOf = async (door: ViewDoor, invoice: Invoice): Promise<Uint8Array> => {
  const key = pdfKey(invoice.invoiceId);
  if (invoice.pdfDigest === null || !(await door.files.has(key))) return renderAgain(door, invoice);
  return asKept(invoice, await door.files.get(key), `the stored PDF of ${invoice.invoiceId} was changed`);
};

/** Renders the PDF of an issued invoice and stores it under its digest. Doing so again changes nothing. */
export const renderInvoicePdf = action(
  "invoicing.render-pdf",
  { needs: "billing:write", input: z.object({ invoice_id: invoiceIdInput }) },
  async (door, { invoice_id: invoiceId }) => {
    const invoice = await door.load((tx) => readInvoice(tx, invoiceId));
    const answer = (digest: string) => ({ invoice_id: invoiceId, key: pdfKey(invoiceId), digest });
    if (!isIssued(invoice.status))
      throw precondition(`invoice ${invoiceId} is ${invoice.status}: only an issued one has a PDF that is kept.`);
    if (invoice.pdfDigest !== null && (await door.files.has(pdfKey(invoiceId))))
      return door.unchanged(answer(invoice.pdfDigest));
    const content = await renderAgain(door, invoice);
    const digest = sha256(content);
    await door.files.put(pdfKey(invoiceId), content);
    if (invoice.pdfDigest === digest) return door.unchanged(answer(digest));
    const subject = { objectType: "invoice", objectId: invoiceId, tenantId: invoice.tenantId, metadata: { digest } };
    return door.save(subject, async (tx) => {
      const current = await readInvoice(tx, invoiceId);
      if (current.pdfDigest === null) await changeInvoice(tx, current, { pdfDigest: digest, updatedAt: door.now });
      return answer(digest);
    });
  },
);

/** The bytes of an invoice's export, for a download or a signed link. A tenant gets issued invoices only. */
export const exportInvoice = view(
  "invoicing.export",
  { needs: "billing:read", input: z.object({ invoice_id: invoiceIdInput, format: z.enum(["pdf", "csv"]) }) },
  async (door, { invoice_id: invoiceId, format }) => {
    const invoice = await door.load((tx) => readInvoice(tx, invoiceId));
    if (door.actor.tenantId !== undefined && !isIssued(invoice.status)) throw missing("invoice", invoiceId);
    const filename = `${invoice.documentNumber ?? invoiceId}.${format}`;
    if (format === "pdf") return { filename, contentType: "application/pdf", content: await pdfOf(door, invoice) };
    const text = invoiceCsv(readDocument(invoice.document), invoiceId, invoice.documentNumber);
    return { filename, contentType: "text/csv; charset=utf-8", content: new TextEncoder().encode(text) };
  },
);
