import type { Evaluation } from "../evaluate/evaluation.ts";
import { type Policy, type Statement, policiesOf } from "./policy.ts";
import { type Rule, changed, ofType, text, withMore } from "./rule.ts";

/** What is allowed on `*`, each with the reason; nothing else is. Actions as they are written, owners as a pattern. */
const REVIEWED: readonly { readonly owner: RegExp; readonly actions: readonly string[]; readonly why: string }[] = [
  {
    owner: /^KeyData$/,
    actions: ["kms:*"],
    why: "a key policy names its own key by *; without it the key could never be managed again",
  },
  {
    owner: /^KeyData$/,
    actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    why: "a key policy names its own key by *; services of this account only, by condition",
  },
  {
    owner: /^Machine\w+Role$/,
    actions: [
      "logs:CreateLogDelivery",
      "logs:GetLogDelivery",
      "logs:UpdateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:DescribeResourcePolicies",
      "logs:DescribeLogGroups",
    ],
    why: "log delivery of Step Functions knows no narrower resource (AWS, 'Logging using CloudWatch Logs')",
  },
  {
    owner: /^(ApiHandler|Stream)Role$/,
    actions: ["ce:GetCostForecast", "ce:GetCostAndUsage"],
    why: "Cost Explorer knows no narrower resource than the account that asks",
  },
  {
    owner: /Role$/,
    actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
    why: "X-Ray knows no resources",
  },
];

const isReviewed = (owner: string, { actions }: Statement): boolean =>
  REVIEWED.some((entry) => entry.owner.test(owner) && actions.every((action) => entry.actions.includes(action)));

/** `s3:*`, `*`, `kms:Get*`: more than what is named. */
const isWildAction = (action: string): boolean => action.includes("*") || action.startsWith("everything but");

/** A resource that leaves open which service, bucket, queue, ... it is; a wildcard below a named one is a narrower thing. */
const isWildResource = (resource: string): boolean =>
  resource === "*" || resource.startsWith("everything but") || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:\*/.test(resource);

const show = (statement: Statement): string => `${statement.actions.join(", ")} on ${statement.resources.join(", ")}`;

/** Statements that allow something, each with its policy. */
const allowed = (found: Evaluation, kinds: readonly Policy["kind"][]): { policy: Policy; statement: Statement }[] =>
  policiesOf(found)
    .filter((policy) => kinds.includes(policy.kind))
    .flatMap((policy) => policy.statements.map((statement) => ({ policy, statement })))
    .filter(({ statement }) => statement.effect === "Allow");

/** The policies of AWS that functions get, reviewed: writing their own logs, and standing in the network. */
const MANAGED = ["AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"];

const giveRole = (statement: object) =>
  withMore("aws:iam/rolePolicy:RolePolicy", "Broken", {
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
  });

const trust = (principal: unknown) =>
  changed("aws:iam/role:Role", (inputs) => ({
    ...inputs,
    assumeRolePolicy: JSON.stringify({
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: principal }],
    }),
  }));

export const accessRules: readonly Rule[] = [
  {
    name: "no action is a wildcard outside the reviewed list",
    check: (found) =>
      allowed(found, ["identity", "resource"])
        .filter(({ policy, statement }) => statement.actions.some(isWildAction) && !isReviewed(policy.owner, statement))
        .map(({ policy, statement }) => `${policy.owner} allows ${show(statement)}: name the actions`),
    breaks: {
      "a role may do all of S3": giveRole({ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::named" }),
      "a role may do all but one thing": giveRole({ Effect: "Allow", NotAction: "iam:*", Resource: "arn:aws:s3:::x" }),
    },
  },
  {
    name: "no resource is a wildcard outside the reviewed list",
    check: (found) =>
      allowed(found, ["identity", "resource"])
        .filter(
          ({ policy, statement }) => statement.resources.some(isWildResource) && !isReviewed(policy.owner, statement),
        )
        .map(({ policy, statement }) => `${policy.owner} allows ${show(statement)}: name the resources`),
    breaks: {
      "a role may read any object": giveRole({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }),
      "a role may send to any queue": giveRole({
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: "arn:aws:sqs:eu-central-1:123456789012:*",
      }),
    },
  },
  {
    name: "an identity policy allows something, and names what",
    check: (found) =>
      allowed(found, ["identity"])
        .filter(({ statement }) => statement.actions.length === 0 || statement.resources.length === 0)
        .map(({ policy }) => `${policy.owner} has a statement without actions or resources`),
    breaks: { "a statement names no resource": giveRole({ Effect: "Allow", Action: "s3:GetObject", Resource: [] }) },
  },
  {
    name: "roles are assumed by named services, never by an account or anyone",
    check: (found) =>
      policiesOf(found)
        .filter((policy) => policy.kind === "trust")
        .flatMap(({ owner, statements }) =>
          statements
            .flatMap((statement) => statement.principals)
            .filter((principal) => !/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal))
            .map((principal) => `${owner} trusts ${principal}: a service is to assume it, and nobody else`),
        ),
    breaks: {
      "the account's root": trust({ AWS: "arn:aws:iam::123456789012:root" }),
      anyone: trust("*"),
      "a foreign account": trust({ AWS: ["999999999999"] }),
    },
  },
  {
    name: "no policy of a bucket, queue, topic or key lets everyone in",
    check: (found) =>
      allowed(found, ["resource"])
        .filter(({ statement }) => statement.principals.includes("*"))
        .map(({ policy, statement }) => `${policy.owner} lets everyone ${show(statement)}`),
    breaks: {
      "a bucket is read by everyone": changed("aws:s3/bucketPolicy:BucketPolicy", (inputs) => ({
        ...inputs,
        policy: JSON.stringify({
          Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }],
        }),
      })),
    },
  },
  {
    name: "services reach what is ours only for this account",
    check: (found) =>
      allowed(found, ["resource"])
        .filter(({ statement }) => statement.principals.some((principal) => principal.endsWith(".amazonaws.com")))
        .filter(({ statement }) => !/aws:Source(Account|Arn)|aws:logs:arn/i.test(JSON.stringify(statement.condition)))
        .map(({ policy, statement }) => `${policy.owner} lets ${statement.principals.join(", ")} in for any account`),
    breaks: {
      "a service without a condition": changed("aws:kms/key:Key", (inputs) => ({
        ...inputs,
        policy: JSON.stringify({
          Statement: [
            { Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "kms:Decrypt", Resource: "*" },
          ],
        }),
      })),
    },
  },
  {
    name: "policies of AWS are used from the reviewed list only",
    check: (found) =>
      ofType(found, "aws:iam/role:Role").flatMap(({ name, inputs }) =>
        (Array.isArray(inputs["managedPolicyArns"]) ? inputs["managedPolicyArns"] : [])
          .map((arn: unknown) => String(arn).split("/").at(-1) ?? "")
          .filter((policy) => !MANAGED.includes(policy))
          .map((policy) => `${name} has ${policy}, which is not reviewed`),
      ),
    breaks: {
      "an administrator": changed("aws:iam/role:Role", (inputs) => ({
        ...inputs,
        managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
      })),
    },
  },
  {
    name: "what may be invoked is invoked by a named source",
    check: (found) =>
      ofType(found, "aws:lambda/permission:Permission")
        .filter(({ inputs }) => text(inputs, "principal") === "*" || text(inputs, "sourceArn") === "")
        .map(
          ({ name }) =>
            `${name} lets ${name.includes("Public") ? "everyone" : "more than one source"} invoke a function`,
        ),
    breaks: {
      "a public function": withMore("aws:lambda/permission:Permission", "Public", {
        principal: "*",
        sourceArn: "arn:aws:lambda:x",
      }),
      "any source of a service": withMore("aws:lambda/permission:Permission", "Any", {
        principal: "events.amazonaws.com",
      }),
    },
  },
];
