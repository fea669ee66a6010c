import type { Key } from "./keys.ts";
import { named } from "./stage.ts";

const FOURTEEN_DAYS = 14 * 24 * 3600;

/** A queue for what could not be delivered: encrypted, over TLS only, filled by roles that may, kept for 14 days. */
export const makeDeadLetters = (name: string, physical: string, key: Key) => {
  const queue = new sst.aws.Queue(name, {
    transform: {
      queue: (args) => {
        args.name = named(physical);
        args.kmsMasterKeyId = key.arn;
        args.messageRetentionSeconds = FOURTEEN_DAYS;
      },
    },
  });
  new aws.sqs.QueuePolicy(`${name}Policy`, {
    queueUrl: queue.url,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          effect: "Deny",
          actions: ["sqs:*"],
          resources: [queue.arn],
          principals: [{ type: "*", identifiers: ["*"] }],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    }).json,
  });
  return queue;
};
