import { isProduction, keep, named } from "./stage.ts";

/** Services that use the key for their own data, each only for this account. */
const SERVICES = ["logs", "sns", "sqs", "events", "cloudwatch", "ses", "scheduler"];

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
            actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            resources: ["*"],
            principals: [
              {
                type: "Service",
                identifiers: SERVICES.map((service) =>
                  service === "logs" ? $interpolate`logs.${region}.amazonaws.com` : `${service}.amazonaws.com`,
                ),
              },
            ],
            conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }],
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
