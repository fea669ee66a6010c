import { type Rule, changed, isProduction, ofType, text } from "./rule.ts";

const LOGS = "aws:cloudwatch/logGroup:LogGroup";

/** What is gone for good when it is removed. */
const PRECIOUS = ["aws:s3/bucket:Bucket", "aws:rds/cluster:Cluster", "aws:kms/key:Key"];

export const stageRules: readonly Rule[] = [
  {
    name: "production cannot be removed and keeps what it holds; other stages leave nothing behind",
    check: (found) => {
      const { removal, protect } = found.app;
      if (!isProduction(found))
        return removal === "remove" && !protect ? [] : ["a stage that is not production is kept"];
      const lost = found.resources.filter(
        ({ type, isRetained, inputs }) => PRECIOUS.includes(type) && (!isRetained || inputs["forceDestroy"] === true),
      );
      return [
        ...(protect && removal === "retain"
          ? []
          : ["production may be removed: set protect and removal in sst.config.ts"]),
        ...lost.map(({ name, type }) => `${name} (${type}) is lost when the stage is removed`),
      ];
    },
    breaks: {
      "the policy of the other kind of stage": (found) => ({
        ...found,
        app: isProduction(found)
          ? { ...found.app, removal: "remove", protect: false }
          : { ...found.app, removal: "retain", protect: true },
      }),
    },
  },
  {
    name: "production's buckets are never emptied by a removal",
    stage: "production",
    check: (found) =>
      ofType(found, "aws:s3/bucket:Bucket")
        .filter(({ inputs }) => inputs["forceDestroy"] !== false)
        .map(({ name }) => `${name} is emptied when it is removed`),
    breaks: {
      "SST's default": changed("aws:s3/bucket:Bucket", (inputs) => ({ ...inputs, forceDestroy: true })),
    },
  },
  {
    name: "logs end: after a year in production, after a month elsewhere; and are encrypted by our key",
    check: (found) => {
      const days = isProduction(found) ? 365 : 30;
      return ofType(found, LOGS).flatMap(({ name, inputs }) => [
        ...(inputs["retentionInDays"] === days
          ? []
          : [`${name} is kept ${String(inputs["retentionInDays"])} days, not ${days}`]),
        ...(text(inputs, "kmsKeyId").startsWith("arn:aws:kms:") ? [] : [`${name} is not encrypted by our key`]),
      ]);
    },
    breaks: {
      "kept for ever": changed(LOGS, (inputs) => ({ ...inputs, retentionInDays: undefined })),
      "without our key": changed(LOGS, (inputs) => ({ ...inputs, kmsKeyId: undefined })),
    },
  },
  {
    name: "our key rotates",
    check: (found) =>
      ofType(found, "aws:kms/key:Key")
        .filter(({ inputs }) => inputs["enableKeyRotation"] !== true)
        .map(({ name }) => `${name} does not rotate`),
    breaks: { "it does not": changed("aws:kms/key:Key", (inputs) => ({ ...inputs, enableKeyRotation: false })) },
  },
];
