import { z } from "zod";
import { missing } from "../kernel/index.ts";
import { action, view } from "../record/index.ts";
import { readDocument } from "./draft-document.ts";
import { invoiceIdInput } from "./invoice-input.ts";
import { exportInvoice } from "./invoice-pdf.action.ts";
import { readInvoice } from "./invoicing.store.ts";
import { messageIdOf, recipientsOf } from "./mail.ts";
import { saveMailState, selectMail, writtenContent } from "./mail.store.ts";

/** The mail that an issued invoice goes out with, PDF and all; the same Message-ID however often it is sent. */
export const composeInvoiceMail = view(
  "invoicing.compose-mail",
  { needs: "billing:write", input: z.object({ invoice_id: invoiceIdInput }) },
  async (door, { invoice_id: invoiceId }) => {
    const { invoice, mails } = await door.load(async (tx) => ({
      invoice: await readInvoice(tx, invoiceId),
      mails: await selectMail(tx, invoiceId),
    }));
    const document = readDocument(invoice.document);
    const messageId = messageIdOf(invoiceId, document);
    const { subject, text } = writtenContent(
      invoice,
      mails.find((mail) => mail.messageId === messageId),
    );
    const { filename, contentType, content } = await exportInvoice.run(door.call, {
      invoice_id: invoiceId,
      format: "pdf",
    });
    return {
      messageId,
      to: recipientsOf(document),
      subject,
      text,
      attachments: [{ filename, contentType, content }],
    };
  },
);

/** Writes down what became of a mail: sent, or refused with the reason. A repeat changes nothing, and `sent` stays. */
export const markMail = action(
  "invoicing.mark-mail",
  {
    needs: "billing:write",
    input: z.object({
      invoice_id: invoiceIdInput,
      message_id: z.string().min(1),
      state: z.enum(["sent", "refused"]),
      detail: z.string().max(2000).optional(),
    }),
  },
  async (door, input) => {
    const { invoice_id: invoiceId, message_id: messageId, state } = input;
    const mails = await door.load((tx) => selectMail(tx, invoiceId));
    const mail = mails.find((one) => one.messageId === messageId);
    if (!mail) throw missing("mail", messageId);
    const answer = { invoice_id: invoiceId, message_id: messageId, state: mail.state === "sent" ? mail.state : state };
    const detail = input.detail ?? null;
    if (mail.state === "sent" || (mail.state === state && mail.detail === detail)) return door.unchanged(answer);
    const subject = {
      objectType: "invoice",
      objectId: invoiceId,
      tenantId: mail.tenantId,
      metadata: { message_id: messageId, state },
    };
    return door.save(subject, async (tx) => {
      await saveMailState(tx, { messageId, state, detail, changedAt: door.now });
      return answer;
    });
  },
);

/** Mails about an invoice, what they say and what became of them. */
export const listInvoiceMail = view(
  "invoicing.list-mail",
  { needs: "billing:read", input: z.object({ invoice_id: invoiceIdInput }) },
  async (door, { invoice_id: invoiceId }) => {
    const { invoice, mails } = await door.load(async (tx) => ({
      invoice: await readInvoice(tx, invoiceId),
      mails: await selectMail(tx, invoiceId),
    }));
    return {
      mails: mails.map((mail) => ({
        message_id: mail.messageId,
        recipients: mail.recipients,
        ...writtenContent(invoice, mail),
        state: mail.state,
        detail: mail.detail,
        queued_at: mail.queuedAt.toISOString(),
        changed_at: mail.changedAt.toISOString(),
      })),
    };
  },
);
