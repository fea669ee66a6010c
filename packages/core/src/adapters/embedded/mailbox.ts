import { createHash } from "node:crypto";
import { z } from "zod";
import { missing, Problem } from "../../kernel/index.ts";
import type { Mailer } from "../../ports/index.ts";
import { composeMessage, type Sender } from "../mime/message.ts";
import { openFiles } from "./files.ts";

const entrySchema = z.object({
  messageId: z.string(),
  to: z.array(z.object({ name: z.string(), address: z.string() })),
  subject: z.string(),
  /** When it was sent, ISO 8601 in UTC. */
  at: z.string(),
  /** Bytes of the whole message. */
  size: z.number(),
});

const letterSchema = entrySchema.extend({
  text: z.string(),
  attachments: z.array(z.object({ filename: z.string(), contentType: z.string(), size: z.number() })),
});

/** What a list of mails shows of one. */
export type MailEntry = z.infer<typeof entrySchema>;
/** A mail as it can be read. */
export type Letter = z.infer<typeof letterSchema>;

export interface Mailbox extends Mailer {
  /** Newest first. */
  list(): Promise<MailEntry[]>;
  /** Throws a Problem of kind missing. */
  read(messageId: string): Promise<Letter>;
  /** The whole message, as a mail program opens it (.eml). Throws a Problem of kind missing. */
  source(messageId: string): Promise<Uint8Array>;
}

const FOLDER = "mail/";

/** A message id may hold what a file name may not. */
const keyOf = (messageId: string): string => `${FOLDER}${createHash("sha256").update(messageId).digest("hex")}`;

const decode = (content: Uint8Array): Letter => letterSchema.parse(JSON.parse(new TextDecoder().decode(content)));

const isMissing = (error: unknown): boolean => error instanceof Problem && error.kind === "missing";
const isThere = (error: unknown): boolean => error instanceof Problem && error.kind === "exists";

const DEFAULT_SENDER: Sender = { name: "Commercial-Ops", address: "billing@localhost" };

/** A local outbox in a folder: every mail is kept once, under its message id, and goes nowhere. */
export const openMailbox = async (
  folder: string,
  options: { readonly from?: Sender; readonly now?: () => Date } = {},
): Promise<Mailbox> => {
  const { from = DEFAULT_SENDER, now = () => new Date() } = options;
  const files = await openFiles(folder);
  const read = async (messageId: string): Promise<Letter> => {
    const content = await files.get(`${keyOf(messageId)}.json`).catch((error: unknown) => {
      throw isMissing(error) ? missing("mail", messageId) : error;
    });
    return decode(content);
  };
  return {
    send: async (mail) => {
      const key = keyOf(mail.messageId);
      const at = now();
      const { bytes } = await composeMessage(mail, from, at);
      if (await files.has(`${key}.json`)) return;
      const letter: Letter = {
        messageId: mail.messageId,
        to: mail.to.map(({ name, address }) => ({ name, address })),
        subject: mail.subject,
        at: at.toISOString(),
        size: bytes.byteLength,
        text: mail.text,
        attachments: mail.attachments.map(({ filename, contentType, content }) => ({
          filename,
          contentType,
          size: content.byteLength,
        })),
      };
      await files.replace(`${key}.eml`, bytes);
      // Written last: a mail without it was never sent, and the next attempt begins again.
      await files.put(`${key}.json`, new TextEncoder().encode(JSON.stringify(letter))).catch((error: unknown) => {
        if (!isThere(error)) throw error;
      });
    },
    list: async () => {
      const keys = (await files.list(FOLDER)).filter((key) => key.endsWith(".json"));
      const entries = await Promise.all(keys.map(async (key) => entrySchema.parse(decode(await files.get(key)))));
      return entries.sort((a, b) => b.at.localeCompare(a.at) || a.messageId.localeCompare(b.messageId));
    },
    read,
    source: async (messageId) => {
      await read(messageId);
      return files.get(`${keyOf(messageId)}.eml`);
    },
  };
};
