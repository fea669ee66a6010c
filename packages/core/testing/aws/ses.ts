import {
  type GivenAnswer,
  type HttpDouble,
  openHttpDouble,
  type ReceivedRequest,
  signatureFault,
} from "./http-double.ts";
import { type Bounds, refusal, serviceModel } from "./service-model.ts";

const MODEL = serviceModel("sesv2-2019-09-27");
const PATH = "/v2/email/outbound-emails";
const TAG = /^[A-Za-z0-9_-]{1,256}$/;

/** From the API reference of SES v2. */
const BOUNDS: Bounds = {
  Name: { pattern: TAG },
  Value: { pattern: TAG },
  ConfigurationSetName: { pattern: /^[A-Za-z0-9_-]{1,64}$/ },
};

interface SentMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly configurationSet: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly source: Buffer;
}

export interface SesDouble extends HttpDouble {
  readonly sent: readonly SentMail[];
}

export const refused = (type: string, message: string, status = 400): GivenAnswer => ({
  status,
  headers: { "content-type": "application/json", "x-amzn-errortype": type },
  body: JSON.stringify({ message }),
});

interface SendEmail {
  readonly FromEmailAddress?: string;
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Content: { readonly Raw?: { readonly Data: string } };
  readonly ConfigurationSetName?: string;
  readonly EmailTags?: readonly { readonly Name: string; readonly Value: string }[];
}

const sentOf = (input: SendEmail): SentMail => ({
  from: input.FromEmailAddress ?? "",
  to: input.Destination?.ToAddresses ?? [],
  configurationSet: input.ConfigurationSetName,
  tags: Object.fromEntries((input.EmailTags ?? []).map(({ Name, Value }) => [Name, Value])),
  source: Buffer.from(input.Content.Raw?.Data ?? "", "base64"),
});

const answerOf = (request: ReceivedRequest, sent: SentMail[]): GivenAnswer => {
  const fault = signatureFault(request, "ses");
  if (fault !== undefined) return refused("MissingAuthenticationTokenException", fault, 403);
  if (request.method !== "POST" || request.url.pathname !== PATH)
    return refused("UnknownOperationException", request.url.pathname, 404);
  const input: unknown = JSON.parse(request.body.toString());
  const wrong = refusal(MODEL, "SendEmail", input, BOUNDS);
  if (wrong !== undefined) return refused("BadRequestException", wrong);
  const mail = sentOf(input as SendEmail);
  if (mail.to.length > 50) return refused("MessageRejected", "Recipient count exceeds 50.");
  sent.push(mail);
  const id = `0102${String(sent.length).padStart(56, "0")}`;
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ MessageId: id }) };
};

/** SES v2 on a loopback port: takes raw mail, holds requests to the service's own model, keeps what was sent. */
export const openSesDouble = async (): Promise<SesDouble> => {
  const sent: SentMail[] = [];
  return { ...(await openHttpDouble((request) => answerOf(request, sent))), sent };
};
