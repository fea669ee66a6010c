import { createHash } from "node:crypto";
import { domainToASCII } from "node:url";
import MailComposer from "nodemailer/lib/mail-composer";
import { invalid } from "../../kernel/index.ts";
import type { Mail } from "../../ports/index.ts";

export interface Sender {
  readonly name: string;
  readonly address: string;
}

/** A mail as it goes over the wire, with the addresses that the transport is told apart from its headers. */
export interface Message {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  /** RFC 5322 with CR LF line ends. */
  readonly bytes: Uint8Array;
}

/** Characters of a local part that need no quoting (RFC 5321, dot-string). */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MESSAGE_ID = /^[\w!#$%&'*+/=?^`{|}~.-]+@[A-Za-z0-9.-]+$/;
const CONTROL = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/;
const CONTENT_TYPE = /^[\w.+-]+\/[\w.+-]+(?:; ?[\w-]+=[\w.+-]+)*$/;
/** RFC 5321, 4.5.3.1. */
const MAX_LOCAL_PART = 64;
const MAX_ADDRESS = 254;

/**
 * One address in the form that goes over the wire (an international host name as ASCII). Throws a Problem of kind invalid
 * where the text is not exactly one plain address: lists, comments, quotes and line breaks could redirect a mail.
 */
export const oneAddress = (field: string, text: string): string => {
  const at = text.lastIndexOf("@");
  const [local, host] = [text.slice(0, at), domainToASCII(text.slice(at + 1)).toLowerCase()];
  const isPlain = LOCAL_PART.test(local) && HOST_NAME.test(host) && !/[\s/\\?#:@%]/.test(text.slice(at + 1));
  const address = `${local}@${host}`;
  if (at < 1 || !isPlain || local.length > MAX_LOCAL_PART || address.length > MAX_ADDRESS)
    throw invalid(field, `${JSON.stringify(text)} is not one plain mail address such as name@example.com`);
  return address;
};

const oneLine = (field: string, text: string): string => {
  if (CONTROL.test(text)) throw invalid(field, "must be one line without control characters");
  return text;
};

/** A named recipient, checked. */
const recipient = (field: string, who: Sender): Sender => ({
  name: oneLine(`${field}.name`, who.name),
  address: oneAddress(`${field}.address`, who.address),
});

const attachment = (field: string, { filename, contentType, content }: Mail["attachments"][number]) => {
  if (/[/\\]/.test(filename) || filename === "")
    throw invalid(`${field}.filename`, "must be a file name without a folder");
  if (!CONTENT_TYPE.test(contentType)) throw invalid(`${field}.contentType`, `${JSON.stringify(contentType)} is none`);
  return { filename: oneLine(`${field}.filename`, filename), contentType, content: Buffer.from(content) };
};

/**
 * Builds the MIME message of a mail: the same bytes for the same mail, sender and date. Throws a Problem of kind invalid that
 * names the field when an address, a name, the subject, the message id or an attachment could forge a header.
 */
export const composeMessage = async (mail: Mail, sender: Sender, date: Date): Promise<Message> => {
  if (!MESSAGE_ID.test(mail.messageId))
    throw invalid("messageId", `${JSON.stringify(mail.messageId)} is no Message-ID`);
  if (mail.to.length === 0) throw invalid("to", "names nobody");
  const from = recipient("from", sender);
  const to = mail.to.map((who, index) => recipient(`to[${index}]`, who));
  const attachments = mail.attachments.map((file, index) => attachment(`attachments[${index}]`, file));
  const composer = new MailComposer({
    from,
    to,
    subject: oneLine("subject", mail.subject),
    text: mail.text,
    attachments,
    messageId: `<${mail.messageId}>`,
    date,
    // The part of the separator that would otherwise be random.
    baseBoundary: createHash("sha256").update(mail.messageId).digest("hex").slice(0, 24),
    // Out-of-office replies to an invoice help nobody (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const bytes = await composer.compile().build();
  return { envelope: { from: from.address, to: to.map(({ address }) => address) }, bytes: new Uint8Array(bytes) };
};
