import { SendEmailCommand, type SESv2Client } from "@aws-sdk/client-sesv2";
import { Problem, sha256 } from "../../kernel/index.ts";
import type { Mailer } from "../../ports/index.ts";
import { composeMessage, type Sender } from "../mime/message.ts";
import { awsProblem, refusalOf } from "./refusal.ts";

const problemOf = (error: unknown, messageId: string): Problem => {
  const { name, message } = refusalOf(error);
  const what = `mail ${messageId}: ${message} (${name})`;
  if (name === "MessageRejected" || name === "BadRequestException")
    return new Problem("invalid", "MAIL_REFUSED", what, { cause: error });
  // Quotas and pauses pass; the mail waits in the outbox meanwhile.
  if (name === "SendingPausedException" || name === "TooManyRequestsException" || name === "LimitExceededException")
    return new Problem("transient", "MAIL_DELAYED", what, { cause: error });
  if (/^(AccountSuspended|MailFromDomainNotVerified|NotFound)Exception$/.test(name))
    return new Problem(
      "internal",
      "MAIL_SETUP",
      `${what}. Check the sender's identity and the configuration set in SES.`,
      {
        cause: error,
      },
    );
  return awsProblem(error, `SES: mail ${messageId}`);
};

/**
 * Sends through Amazon SES. The service puts a Message-ID of its own in place of ours and drops no repeats, so each mail carries the tag
 * `message`, a digest of our id, under which its events can be found: a repeat after a lost answer arrives twice.
 */
export const openSes = (
  client: SESv2Client,
  options: { readonly from: Sender; readonly configurationSet?: string | undefined; readonly now?: () => Date },
): Mailer => {
  const { from, configurationSet, now = () => new Date() } = options;
  return {
    send: async (mail) => {
      const { envelope, bytes } = await composeMessage(mail, from, now());
      const request = new SendEmailCommand({
        FromEmailAddress: envelope.from,
        Destination: { ToAddresses: [...envelope.to] },
        Content: { Raw: { Data: bytes } },
        EmailTags: [{ Name: "message", Value: sha256(mail.messageId).slice(0, 32) }],
        ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
      });
      await client.send(request).catch((error: unknown) => {
        throw problemOf(error, mail.messageId);
      });
    },
  };
};
