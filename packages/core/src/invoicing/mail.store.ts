import { asc, eq } from "drizzle-orm";
import { type InvoiceId, precondition } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { enqueue } from "../record/index.ts";
import { type DraftDocument, readDocument } from "./draft-document.ts";
import { mailDelivery } from "./invoicing.sql.ts";
import type { Invoice } from "./invoicing.store.ts";
import { type MailContent, mailContent, messageIdOf, recipientsOf } from "./mail.ts";

export type MailDelivery = typeof mailDelivery.$inferSelect;

type IssuedInvoice = Pick<
  Invoice,
  "invoiceId" | "tenantId" | "status" | "documentNumber" | "issueDate" | "dueDate" | "document"
>;

const contentOf = (invoice: IssuedInvoice, document: DraftDocument): MailContent => {
  const { invoiceId, status, documentNumber: number, issueDate, dueDate } = invoice;
  if (number === null || issueDate === null || dueDate === null)
    throw precondition(`invoice ${invoiceId} is ${status}: only an issued one is mailed.`);
  return mailContent(document, { invoiceId, number, issueDate, dueDate });
};

/** What a mail said, or will say, as it was queued; worked out where it was queued before that was kept. Throws a precondition Problem for a draft. */
export const writtenContent = (invoice: IssuedInvoice, mail: MailDelivery | undefined): MailContent => {
  if (!mail || mail.subject === null || mail.body === null || mail.attachments === null)
    return contentOf(invoice, readDocument(invoice.document));
  return { subject: mail.subject, text: mail.body, attachments: mail.attachments };
};

/** Queues the mail of an invoice that is being issued, once, with its text; nothing is queued where nobody can be reached. */
export const queueMail = async (
  tx: Tx,
  mail: {
    readonly invoice: IssuedInvoice;
    readonly document: DraftDocument;
    readonly outboxId: string;
    readonly now: Date;
  },
): Promise<void> => {
  const { invoiceId, tenantId } = mail.invoice;
  const recipients = recipientsOf(mail.document);
  if (recipients.length === 0) return;
  const messageId = messageIdOf(invoiceId, mail.document);
  const { subject, text, attachments } = contentOf(mail.invoice, mail.document);
  await tx
    .insert(mailDelivery)
    .values({
      messageId,
      invoiceId,
      tenantId,
      recipients,
      subject,
      body: text,
      attachments,
      state: "queued",
      queuedAt: mail.now,
      changedAt: mail.now,
    })
    .onConflictDoNothing();
  await enqueue(tx, {
    topic: "invoice-mail",
    effectKey: messageId,
    payload: { invoice_id: invoiceId, message_id: messageId },
    outboxId: mail.outboxId,
    now: mail.now,
  });
};

/** Mails about an invoice. */
export const selectMail = (tx: Tx, invoiceId: InvoiceId): Promise<MailDelivery[]> =>
  tx.select().from(mailDelivery).where(eq(mailDelivery.invoiceId, invoiceId)).orderBy(asc(mailDelivery.queuedAt));

/** Writes what became of a mail; answers whether there is such a mail. */
export const saveMailState = async (
  tx: Tx,
  mail: Pick<MailDelivery, "messageId" | "state" | "detail" | "changedAt">,
): Promise<boolean> => {
  const { messageId, ...change } = mail;
  const changed = await tx
    .update(mailDelivery)
    .set(change)
    .where(eq(mailDelivery.messageId, messageId))
    .returning({ messageId: mailDelivery.messageId });
  return changed.length === 1;
};
