import { displayAmount } from "../money/index.ts";
import { type DraftDocument, isCreditNote } from "./draft-document.ts";

/** What a mail about an issued invoice says beside its document. */
export interface IssuedFacts {
  readonly invoiceId: string;
  readonly number: string;
  readonly issueDate: string;
  readonly dueDate: string;
}

/** To whom an invoice is mailed; nobody where the tenant has no address yet. */
export const recipientsOf = (document: DraftDocument): readonly { readonly name: string; readonly address: string }[] =>
  document.buyer.email === null
    ? []
    : [{ name: document.buyer.contact ?? document.buyer.name, address: document.buyer.email }];

/** The Message-ID of an invoice's mail (RFC 5322, without angle brackets): the same however often it is sent. */
export const messageIdOf = (invoiceId: string, document: DraftDocument): string => {
  const domain = document.seller.email?.split("@")[1] ?? "invoices.invalid";
  return `${invoiceId.toLowerCase()}.invoice@${domain.toLowerCase()}`;
};

export interface MailAttachment {
  readonly filename: string;
  readonly content_type: string;
}

/** A mail as its receiver reads it, with the names of what hangs on it. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly MailAttachment[];
}

/** What the mail says that an invoice goes out with. */
export const mailContent = (document: DraftDocument, issued: IssuedFacts): MailContent => {
  const { seller, buyer, currency, period } = document;
  const total = `${displayAmount(document.total, currency)} ${currency}`;
  const isCredit = isCreditNote(document);
  const lines = [
    `Dear ${buyer.contact ?? buyer.name},`,
    "",
    `please find attached ${isCredit ? "credit note" : "invoice"} ${issued.number} of ${issued.issueDate} for ${buyer.name}, ${period.start} to ${period.end}.`,
    "",
    `Total: ${total}`,
    ...(isCredit
      ? ["The amount stands to your credit.", ""]
      : [`Due: ${issued.dueDate}`, "", seller.payment_instructions, ""]),
    seller.name,
  ];
  return {
    subject: `${isCredit ? "Credit note" : "Invoice"} ${issued.number} from ${seller.name}: ${total}`,
    text: `${lines.join("\n")}\n`,
    attachments: [{ filename: `${issued.number}.pdf`, content_type: "application/pdf" }],
  };
};
