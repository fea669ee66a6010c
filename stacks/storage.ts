import { COST_INBOX } from "@commops/core/workflows";
import type { Key } from "./keys.ts";
import { replicate } from "./replication.ts";
import { isProduction, keep } from "./stage.ts";

interface BucketWishes {
  /** Nobody can change or remove what is written, for the time of the stage. */
  readonly isLocked?: boolean;
  /** AES-256 with S3's own key, for services that cannot use ours. */
  readonly isKeyOfS3?: boolean;
  readonly lifecycle?: aws.types.input.s3.BucketLifecycleConfigurationRule[];
  readonly policy?: NonNullable<sst.aws.BucketArgs["policy"]>;
}

const ABORT_UPLOADS: aws.types.input.s3.BucketLifecycleConfigurationRule = {
  id: "abort-uploads",
  status: "Enabled",
  filter: { prefix: "" },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};

/** A bucket that is private, encrypted, versioned, reached over TLS only, and of which production loses nothing. */
const makeBucket = (name: string, key: Key, wishes: BucketWishes = {}) => {
  const bucket = new sst.aws.Bucket(name, {
    cors: false,
    versioning: true,
    enforceHttps: true,
    ...(wishes.policy === undefined ? {} : { policy: wishes.policy }),
    transform: {
      bucket: (args) => {
        args.forceDestroy = !isProduction && wishes.isLocked !== true;
        args.objectLockEnabled = wishes.isLocked === true;
      },
    },
  });
  new aws.s3.BucketServerSideEncryptionConfiguration(`${name}Encryption`, {
    bucket: bucket.name,
    rules: [
      wishes.isKeyOfS3 === true
        ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
        : {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
            bucketKeyEnabled: true,
          },
    ],
  });
  new aws.s3.BucketOwnershipControls(`${name}Ownership`, {
    bucket: bucket.name,
    rule: { objectOwnership: "BucketOwnerEnforced" },
  });
  new aws.s3.BucketLifecycleConfiguration(`${name}Lifecycle`, {
    bucket: bucket.name,
    rules: [ABORT_UPLOADS, ...(wishes.lifecycle ?? [])],
  });
  if (wishes.isLocked === true) {
    new aws.s3.BucketObjectLockConfiguration(
      `${name}Lock`,
      { bucket: bucket.name, rule: { defaultRetention: keep.evidence } },
      // A lock and a copy need versions, which are set beside the bucket.
      { dependsOn: [bucket] },
    );
  }
  return bucket;
};

const expire = (prefix: string, days: number): aws.types.input.s3.BucketLifecycleConfigurationRule => ({
  id: `expire-${prefix.replaceAll("/", "-")}`,
  status: "Enabled",
  filter: { prefix },
  expiration: { days },
  noncurrentVersionExpiration: { noncurrentDays: days },
});

/** What may not be lost or changed unseen: raw cost files, documents, the head of the audit chain, manifests. */
const EVIDENCE_PREFIXES = ["raw/", "pdf/", "evidence/"];

/** AWS Data Exports and the older Cost and Usage Reports may deliver, for this account only. */
const mayDeliver = (): NonNullable<sst.aws.BucketArgs["policy"]> => {
  const { accountId } = aws.getCallerIdentityOutput();
  return [
    {
      actions: ["s3:PutObject", "s3:GetBucketPolicy", "s3:GetBucketAcl"],
      principals: [
        { type: "service", identifiers: ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"] },
      ],
      conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }],
    },
  ];
};

/** CloudFront may read, for distributions of this account only. */
const mayServe = (): NonNullable<sst.aws.BucketArgs["policy"]> => {
  const { accountId } = aws.getCallerIdentityOutput();
  return [
    {
      actions: ["s3:GetObject"],
      principals: [{ type: "service", identifiers: ["cloudfront.amazonaws.com"] }],
      paths: ["*"],
      conditions: [
        {
          test: "ArnLike",
          variable: "aws:SourceArn",
          values: [$interpolate`arn:aws:cloudfront::${accountId}:distribution/*`],
        },
      ],
    },
  ];
};

/** The buckets: files of the product, their locked copy, where AWS delivers cost and usage, and the dashboard. */
export const makeStorage = (key: Key) => {
  const files = makeBucket("Files", key, {
    lifecycle: [expire("athena/", 30), expire("workflows/", 90), expire("uploads/", 7)],
  });
  const evidence = makeBucket("Evidence", key, { isLocked: true });
  const cur = makeBucket("Cur", key, { isKeyOfS3: true, policy: mayDeliver() });
  new aws.s3.BucketNotification("FilesEvents", { bucket: files.name, eventbridge: true });
  const web = makeBucket("Web", key, { isKeyOfS3: true, policy: mayServe() });
  // No function of the product may write or delete under the lock.
  replicate("EvidenceReplication", {
    name: "evidence-replication",
    from: files,
    to: evidence,
    prefixes: EVIDENCE_PREFIXES,
    key,
  });
  replicate("CurReplication", { name: "cur-replication", from: cur, to: files, prefixes: [COST_INBOX], key });
  return { files, evidence, cur, web };
};

export type Storage = ReturnType<typeof makeStorage>;
