import type { Key } from "./keys.ts";
import { named, settings } from "./stage.ts";

/** What may happen to a mail on its way; each is told to the topic. */
const EVENTS = ["delivery", "bounce", "complaint", "reject", "delivery-delay"] as const;

/** Mail leaves over TLS only, is counted, and what became of it is told to a topic. */
export const makeMail = (key: Key) => {
  const { accountId } = aws.getCallerIdentityOutput();
  const topic = new aws.sns.Topic("MailEvents", { name: named("mail-events"), kmsMasterKeyId: key.arn });
  new aws.sns.TopicPolicy("MailEventsPolicy", {
    arn: topic.arn,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ["sns:Publish"],
          resources: [topic.arn],
          principals: [{ type: "Service", identifiers: ["ses.amazonaws.com"] }],
          conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }],
        },
        {
          effect: "Deny",
          actions: ["sns:Publish"],
          resources: [topic.arn],
          principals: [{ type: "*", identifiers: ["*"] }],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    }).json,
  });
  const email = new sst.aws.Email("Mail", {
    sender: settings.COMMOPS_MAIL_SENDER,
    events: [{ name: "events", types: [...EVENTS], topic: topic.arn }],
    transform: {
      configurationSet: (args) => {
        args.deliveryOptions = { tlsPolicy: "REQUIRE" };
        args.reputationOptions = { reputationMetricsEnabled: true };
        args.suppressionOptions = { suppressedReasons: ["BOUNCE", "COMPLAINT"] };
      },
    },
  });
  const { region } = aws.getRegionOutput();
  const ses = $interpolate`arn:aws:ses:${region}:${accountId}`;
  return {
    sender: email.sender,
    configurationSet: email.configSet,
    topic,
    identityArn: $interpolate`${ses}:identity/${email.sender}`,
    configurationSetArn: $interpolate`${ses}:configuration-set/${email.configSet}`,
  };
};

export type Mail = ReturnType<typeof makeMail>;
