import { createTransport } from "nodemailer";
import { invalid, Problem } from "../../kernel/index.ts";
import type { Mailer } from "../../ports/index.ts";
import { composeMessage, oneAddress } from "../mime/message.ts";

const CONNECT_MS = 15_000;
const IDLE_MS = 60_000;

/** What the server or the connection says about a failure. */
interface Refusal {
  readonly code: string;
  /** SMTP reply code, where the server gave one. */
  readonly reply: number | undefined;
  readonly text: string;
}

const refusalOf = (error: unknown): Refusal => {
  if (!(error instanceof Error)) return { code: "UNKNOWN", reply: undefined, text: String(error) };
  return {
    code: "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN",
    reply: "responseCode" in error && typeof error.responseCode === "number" ? error.responseCode : undefined,
    text: error.message,
  };
};

const isPermanent = (reply: number | undefined): boolean => reply !== undefined && reply >= 500;

/** RFC 5321: 4yz may succeed later, 5yz will not; without a reply, the connection failed, and the next one may not. */
const problemOf = (error: unknown, messageId: string): Problem => {
  const { code, reply, text } = refusalOf(error);
  const what = `mail ${messageId}: ${text}`;
  if (code === "EAUTH" && (reply === undefined || isPermanent(reply)))
    return new Problem("internal", "SMTP_LOGIN_REFUSED", `${what}. Check user and password in SMTP_URL.`, {
      cause: error,
    });
  if (code === "ETLS" || code === "EREQUIRETLS")
    return new Problem(
      "internal",
      "SMTP_TLS",
      `${what}. Check SMTP_URL: smtps://, or ?requireTLS=false inside a trusted network.`,
      { cause: error },
    );
  if (isPermanent(reply) || (code === "EENVELOPE" && reply === undefined))
    return new Problem("invalid", "MAIL_REFUSED", what, { cause: error });
  return new Problem("transient", "MAIL_DELAYED", what, { cause: error });
};

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What SMTP_URL says: the server, encrypted unless it is on this machine or the URL says otherwise, and the sender. */
const settingsOf = (text: string): { url: string; from: string } => {
  if (!URL.canParse(text) || !/^smtps?:$/.test(new URL(text).protocol))
    throw invalid(
      "SMTP_URL",
      "is no address such as smtps://user:password@mail.example.com:465?from=billing@example.com",
    );
  const url = new URL(text);
  const from = url.searchParams.get("from") ?? decodeURIComponent(url.username);
  if (!from.includes("@")) throw invalid("SMTP_URL", "names no sender. Add ?from=billing@example.com");
  url.searchParams.delete("from");
  if (url.protocol === "smtp:" && !url.searchParams.has("requireTLS"))
    url.searchParams.set("requireTLS", String(!LOOPBACK.has(url.hostname)));
  return { url: url.href, from: oneAddress("SMTP_URL", from) };
};

/**
 * Sends over SMTP as SMTP_URL says; mail comes from its `from` parameter, or from the user where that is an address.
 * Throws a Problem of kind invalid when the URL cannot be read. Of several recipients some may be refused after others have
 * their mail: the problem names one of those, and a retry reaches all again under the same Message-ID.
 */
export const openSmtp = (
  smtpUrl: string,
  options: { readonly senderName?: string; readonly now?: () => Date } = {},
): Mailer & { close(): void } => {
  const { url, from } = settingsOf(smtpUrl);
  const { senderName = "", now = () => new Date() } = options;
  const transport = createTransport({
    url,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: IDLE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (mail) => {
      const { envelope, bytes } = await composeMessage(mail, { name: senderName, address: from }, now());
      const sent = await transport
        .sendMail({ envelope: { from: envelope.from, to: [...envelope.to] }, raw: Buffer.from(bytes) })
        .catch((error: unknown) => {
          throw problemOf(error, mail.messageId);
        });
      const refused = sent.rejectedErrors ?? [];
      const worst = refused.find((error) => !isPermanent(refusalOf(error).reply)) ?? refused[0];
      if (worst) throw problemOf(worst, mail.messageId);
    },
    close: () => transport.close(),
  };
};
