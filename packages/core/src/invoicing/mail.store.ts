import { asc, eq } from "drizzle-orm";
import type { InvoiceId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { enqueue } from "../record/index.ts";
import type { DraftDocument } from "./draft-document.ts";
import { mailDelivery } from "./invoicing.sql.ts";
import type { Invoice } from "./invoicing.store.ts";
import { messageIdOf, recipientsOf } from "./mail.ts";

export type MailDelivery = typeof mailDelivery.$inferSelect;

/** Queues the mail of an invoice that is being issued, once; nothing is queued where nobody can be reached. */
export const queueMail = async (
  tx: Tx,
  mail: {
    readonly invoice: Pick<Invoice, "invoiceId" | "tenantId">;
    readonly document: DraftDocument;
    readonly outboxId: string;
    readonly now: Date;
  },
): Promise<void> => {
  const { invoiceId, tenantId } = mail.invoice;
  const recipients = recipientsOf(mail.document);
  if (recipients.length === 0) return;
  const messageId = messageIdOf(invoiceId, mail.document);
  await tx
    .insert(mailDelivery)
    .values({ messageId, invoiceId, tenantId, recipients, state: "queued", queuedAt: mail.now, changedAt: mail.now })
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
