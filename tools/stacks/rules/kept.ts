import type { Evaluation, Resource } from "../evaluate/evaluation.ts";
import { statementsOf } from "./policy.ts";
import { type Rule, at, changed, isProduction, ofType, text, without } from "./rule.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const CLUSTER = "aws:rds/cluster:Cluster";

/** Whether some resource of a type belongs to a bucket and is as it must be. */
const has = (
  found: Evaluation,
  type: string,
  bucket: Resource,
  isRight: (inputs: Resource["inputs"]) => boolean,
): boolean =>
  ofType(found, type).some(({ inputs }) => text(inputs, "bucket") === text(bucket.inputs, "bucket") && isRight(inputs));

/** A rule that every bucket has something. */
const everyBucket = (
  name: string,
  type: string,
  isRight: (inputs: Resource["inputs"]) => boolean,
  breaks: Rule["breaks"],
): Rule => ({
  name,
  check: (found) =>
    ofType(found, BUCKET)
      .filter((bucket) => !has(found, type, bucket, isRight))
      .map((bucket) => `${bucket.name}: ${name}; it is not so`),
  breaks: { ...breaks, [`without ${type}`]: without(type) },
});

const PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";

const deniesPlainHttp = (document: unknown): boolean =>
  statementsOf(document).some(
    (statement) =>
      statement.effect === "Deny" &&
      statement.principals.includes("*") &&
      statement.actions.some((action) => action.endsWith(":*")) &&
      at(statement.condition, "Bool", "aws:SecureTransport") !== undefined,
  );

export const bucketRules: readonly Rule[] = [
  everyBucket(
    "no bucket is public",
    PUBLIC_ACCESS,
    (inputs) =>
      ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].every(
        (name) => inputs[name] === true,
      ),
    { "a policy may be public": changed(PUBLIC_ACCESS, (inputs) => ({ ...inputs, blockPublicPolicy: false })) },
  ),
  everyBucket(
    "every bucket is encrypted",
    ENCRYPTION,
    ({ rules }) =>
      /^(aws:kms|AES256)$/.test(String(at(rules, 0, "applyServerSideEncryptionByDefault", "sseAlgorithm"))),
    { "with nothing": changed(ENCRYPTION, (inputs) => ({ ...inputs, rules: [] })) },
  ),
  everyBucket(
    "every bucket refuses plain HTTP",
    "aws:s3/bucketPolicy:BucketPolicy",
    ({ policy }) => deniesPlainHttp(policy),
    {
      "a policy without it": changed("aws:s3/bucketPolicy:BucketPolicy", (inputs) => ({
        ...inputs,
        policy: JSON.stringify({ Statement: [] }),
      })),
    },
  ),
  everyBucket(
    "access lists are off in every bucket",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    ({ rule }) => at(rule, "objectOwnership") === "BucketOwnerEnforced",
    {
      "others own what they write": changed("aws:s3/bucketOwnershipControls:BucketOwnershipControls", (inputs) => ({
        ...inputs,
        rule: { objectOwnership: "ObjectWriter" },
      })),
    },
  ),
  everyBucket(
    "every bucket keeps versions",
    "aws:s3/bucketVersioning:BucketVersioning",
    ({ versioningConfiguration }) => at(versioningConfiguration, "status") === "Enabled",
    {
      "versions are off": changed("aws:s3/bucketVersioning:BucketVersioning", (inputs) => ({
        ...inputs,
        versioningConfiguration: { status: "Suspended" },
      })),
    },
  ),
  {
    name: "no bucket answers other origins",
    check: (found) =>
      ofType(found, "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration").map(
        ({ name }) => `${name}: files are reached through the dashboard's own origin; set cors: false`,
      ),
    breaks: {
      "SST's default": (found) => ({
        ...found,
        resources: [
          ...found.resources,
          {
            type: "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
            name: "C",
            inputs: {},
            state: {},
            isRetained: false,
          },
        ],
      }),
    },
  },
  {
    name: "evidence is locked: in production for two years and against everyone",
    check: (found) => {
      const buckets = ofType(found, BUCKET).filter(({ name }) => name === "EvidenceBucket");
      const isRight = ({ rule }: Resource["inputs"]): boolean => {
        const years = at(rule, "defaultRetention", "years");
        const mode = at(rule, "defaultRetention", "mode");
        return isProduction(found) ? mode === "COMPLIANCE" && Number(years) >= 2 : typeof mode === "string";
      };
      return buckets
        .filter((bucket) => bucket.inputs["objectLockEnabled"] !== true || !has(found, LOCK, bucket, isRight))
        .map(({ name }) => `${name} is not locked as long as evidence must be kept`)
        .concat(buckets.length === 0 ? ["there is no bucket for evidence"] : []);
    },
    breaks: {
      "no lock": without(LOCK),
      "a lock without mode": changed(LOCK, (inputs) => ({ ...inputs, rule: {} })),
      "lock not enabled": changed(BUCKET, (inputs) => ({ ...inputs, objectLockEnabled: false }), "EvidenceBucket"),
    },
  },
  {
    name: "what is evidence is copied under the lock, and no role but the copying one may write there",
    check: (found) => {
      const evidence = ofType(found, BUCKET).find(({ name }) => name === "EvidenceBucket");
      const copied = ofType(found, "aws:s3/bucketReplicationConfig:BucketReplicationConfig").filter(
        ({ inputs }) => at(inputs["rules"], 0, "destination", "bucket") === evidence?.state["arn"],
      );
      const writers = ofType(found, "aws:iam/role:Role").filter(
        ({ name, inputs }) =>
          name !== "EvidenceReplicationRole" &&
          new RegExp(`(Put|Delete|Replicate)[^]*${String(evidence?.inputs["bucket"])}`).test(JSON.stringify(inputs)),
      );
      return [
        ...(copied.length === 1 ? [] : ["nothing is copied into the bucket for evidence"]),
        ...writers.map(({ name }) => `${name} may write evidence itself`),
      ];
    },
    breaks: {
      "no copying": without("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "EvidenceReplication"),
      "a task writes evidence": (found) => {
        const bucket = ofType(found, BUCKET).find(({ name }) => name === "EvidenceBucket")?.inputs["bucket"];
        const policy = JSON.stringify({
          Statement: { Effect: "Allow", Action: "s3:PutObject", Resource: `arn:aws:s3:::${String(bucket)}/*` },
        });
        return changed(
          "aws:iam/role:Role",
          (inputs) => ({ ...inputs, inlinePolicies: [{ policy }] }),
          "TaskClaimRunRole",
        )(found);
      },
    },
  },
];

export const databaseRules: readonly Rule[] = [
  {
    name: "the database is encrypted, private, and spoken to over TLS only",
    check: (found) => [
      ...ofType(found, CLUSTER).flatMap(({ name, inputs }) =>
        inputs["storageEncrypted"] === true && text(inputs, "kmsKeyId") !== ""
          ? []
          : [`${name} is not encrypted by our key`],
      ),
      ...ofType(found, "aws:rds/clusterInstance:ClusterInstance").flatMap(({ name, inputs }) =>
        inputs["publiclyAccessible"] === false ? [] : [`${name} may be reached from outside`],
      ),
      ...ofType(found, "aws:rds/proxy:Proxy").flatMap(({ name, inputs }) =>
        inputs["requireTls"] === true ? [] : [`${name} takes connections without TLS`],
      ),
      ...ofType(found, "aws:rds/clusterParameterGroup:ClusterParameterGroup").flatMap(({ name, inputs }) =>
        JSON.stringify(inputs["parameters"]).includes(`"rds.force_ssl"`) ? [] : [`${name} does not force TLS`],
      ),
    ],
    breaks: {
      "storage in the open": changed(CLUSTER, (inputs) => ({ ...inputs, storageEncrypted: false })),
      "an instance with a public address": changed("aws:rds/clusterInstance:ClusterInstance", (inputs) => ({
        ...inputs,
        publiclyAccessible: true,
      })),
      "a proxy without TLS": changed("aws:rds/proxy:Proxy", (inputs) => ({ ...inputs, requireTls: false })),
      "a cluster that forces no TLS": changed("aws:rds/clusterParameterGroup:ClusterParameterGroup", (inputs) => ({
        ...inputs,
        parameters: [],
      })),
    },
  },
  {
    name: "production keeps backups for 35 days and a last snapshot, and cannot be deleted by mistake",
    stage: "production",
    check: (found) =>
      ofType(found, CLUSTER)
        .filter(
          ({ inputs }) =>
            Number(inputs["backupRetentionPeriod"]) < 35 ||
            inputs["deletionProtection"] !== true ||
            inputs["skipFinalSnapshot"] !== false,
        )
        .map(({ name }) => `${name} can be lost`),
    breaks: {
      "a day of backups": changed(CLUSTER, (inputs) => ({ ...inputs, backupRetentionPeriod: 1 })),
      "deletion in one call": changed(CLUSTER, (inputs) => ({ ...inputs, deletionProtection: false })),
    },
  },
  {
    name: "no security group lets the internet in, and out it is TLS only",
    check: (found) => [
      ...ofType(found, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(({ inputs }) => text(inputs, "referencedSecurityGroupId") === "")
        .map(({ name }) => `${name} lets more in than a named group`),
      ...ofType(found, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        .filter(({ inputs }) => text(inputs, "cidrIpv4") !== "" && inputs["toPort"] !== 443)
        .map(({ name }) => `${name} lets out what is not TLS`),
      ...ofType(found, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
        .filter(({ inputs }) => [inputs["ingress"], inputs["egress"]].some((rules) => at(rules, 0) !== undefined))
        .map(({ name }) => `${name} is open: nothing is to stand in it`),
    ],
    breaks: {
      "an open door": changed("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", (inputs) => ({
        ...inputs,
        referencedSecurityGroupId: undefined,
        cidrIpv4: "0.0.0.0/0",
      })),
      "plain HTTP out": changed(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        (inputs) => ({ ...inputs, fromPort: 80, toPort: 80 }),
        "NetworkOutwardToInternet",
      ),
      "the default group": changed("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", (inputs) => ({
        ...inputs,
        ingress: [{ protocol: "-1" }],
      })),
    },
  },
];
