import type { Key } from "./keys.ts";
import { named } from "./stage.ts";

interface Copying {
  /** The name behind app and stage. */
  readonly name: string;
  readonly from: sst.aws.Bucket;
  readonly to: sst.aws.Bucket;
  readonly prefixes: readonly string[];
  readonly key: Key;
}

const roleFor = (logical: string, { name, from, to, prefixes, key }: Copying): aws.iam.Role =>
  new aws.iam.Role(`${logical}Role`, {
    name: named(name),
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "s3.amazonaws.com" }),
    inlinePolicies: [
      {
        name: "replicate",
        policy: aws.iam.getPolicyDocumentOutput({
          statements: [
            { actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"], resources: [from.arn] },
            {
              actions: ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
              resources: prefixes.map((prefix) => $interpolate`${from.arn}/${prefix}*`),
            },
            {
              actions: ["s3:ReplicateObject", "s3:ReplicateTags"],
              resources: prefixes.map((prefix) => $interpolate`${to.arn}/${prefix}*`),
            },
            { actions: ["kms:Decrypt", "kms:Encrypt"], resources: [key.arn] },
          ],
        }).json,
      },
    ],
  });

/** Copies what is written below prefixes of a bucket into another one, under the same keys and our encryption key, within 15 minutes. */
export const replicate = (logical: string, copying: Copying): void => {
  const { from, to, prefixes, key } = copying;
  new aws.s3.BucketReplicationConfig(
    logical,
    {
      bucket: from.name,
      role: roleFor(logical, copying).arn,
      rules: prefixes.map((prefix, index) => ({
        id: prefix.replaceAll("/", ""),
        priority: index + 1,
        status: "Enabled",
        filter: { prefix },
        // Removing the original never removes the copy.
        deleteMarkerReplication: { status: "Disabled" },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
        destination: {
          bucket: to.arn,
          encryptionConfiguration: { replicaKmsKeyId: key.arn },
          metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
          replicationTime: { status: "Enabled", time: { minutes: 15 } },
        },
      })),
    },
    // Copying needs versions, which are set beside each bucket.
    { dependsOn: [from, to] },
  );
};
