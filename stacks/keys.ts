import { isProduction, keep, named } from "./stage.ts";

/** Services that use the key for what they send or keep, each only for this account. */
const SERVICES = ["sns", "sqs", "cloudwatch", "ses", "scheduler"];

const USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/** One key of our own for everything that is kept: its policy is where access ends, whatever another policy says. */
export const makeKeys = () => {
  const { accountId } = aws.getCallerIdentityOutput();
  const { region } = aws.getRegionOutput();
  const key = new aws.kms.Key(
    "KeyData",
    {
      description: `${$app.name} ${$app.stage}: what is kept`,
      enableKeyRotation: true,
      deletionWindowInDays: keep.recoveryDays,
      policy: aws.iam.getPolicyDocumentOutput({
        statements: [
          {
            sid: "RolesOfThisAccountByTheirPolicies",
            actions: ["kms:*"],
            resources: ["*"],
            principals: [{ type: "AWS", identifiers: [$interpolate`arn:aws:iam::${accountId}:root`] }],
          },
          {
            sid: "ServicesForThisAccount",
            actions: USE,
            resources: ["*"],
            principals: [{ type: "Service", identifiers: SERVICES.map((service) => `${service}.amazonaws.com`) }],
            conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }],
          },
          {
            sid: "LogsOfThisAccount",
            actions: USE,
            resources: ["*"],
            principals: [{ type: "Service", identifiers: [$interpolate`logs.${region}.amazonaws.com`] }],
            conditions: [
              {
                test: "ArnLike",
                variable: "kms:EncryptionContext:aws:logs:arn",
                values: [$interpolate`arn:aws:logs:${region}:${accountId}:*`],
              },
            ],
          },
        ],
      }).json,
    },
    { retainOnDelete: isProduction },
  );
  new aws.kms.Alias("KeyDataAlias", { name: `alias/${named("data")}`, targetKeyId: key.keyId });
  return key;
};

export type Key = ReturnType<typeof makeKeys>;

/** What a role needs to read and write what the key protects. */
export const keyUse = (key: Key) => ({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.arn] });
