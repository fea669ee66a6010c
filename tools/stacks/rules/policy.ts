import type { Evaluation } from "../evaluate/evaluation.ts";
import { at, isRecord, ofType, text } from "./rule.ts";

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: readonly string[];
  readonly condition: Readonly<Record<string, unknown>>;
}

/** A policy and the resource that it stands on. */
export interface Policy {
  readonly owner: string;
  readonly kind: "identity" | "resource" | "trust";
  readonly statements: readonly Statement[];
}

const list = (value: unknown): string[] =>
  typeof value === "string" ? [value] : Array.isArray(value) ? value.map((item) => String(item)) : [];

const principalsOf = (value: unknown): string[] =>
  isRecord(value) ? Object.values(value).flatMap((one) => list(one)) : list(value);

/** The statements of a policy document, text or object. */
export const statementsOf = (document: unknown): Statement[] => {
  const parsed: unknown = typeof document === "string" ? JSON.parse(document) : document;
  const given = at(parsed, "Statement");
  return (Array.isArray(given) ? given : [given]).filter(isRecord).map((one) => ({
    effect: text(one, "Effect"),
    actions: [...list(one["Action"]), ...list(one["NotAction"]).map((action) => `everything but ${action}`)],
    resources: [...list(one["Resource"]), ...list(one["NotResource"]).map((resource) => `everything but ${resource}`)],
    principals: principalsOf(one["Principal"]),
    condition: isRecord(one["Condition"]) ? one["Condition"] : {},
  }));
};

/** Where a type keeps a policy that says who may use it. */
const RESOURCE_POLICIES: Readonly<Record<string, string>> = {
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:kms/key:Key": "policy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
};

/** Every policy of a stage. */
export const policiesOf = (found: Evaluation): Policy[] => {
  const roles = ofType(found, "aws:iam/role:Role").flatMap(({ name, inputs }): Policy[] => [
    { owner: name, kind: "trust", statements: statementsOf(inputs["assumeRolePolicy"]) },
    ...(Array.isArray(inputs["inlinePolicies"]) ? inputs["inlinePolicies"] : []).map((inline: unknown): Policy => ({
      owner: name,
      kind: "identity",
      statements: statementsOf(at(inline, "policy")),
    })),
  ]);
  const attached = ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"].flatMap((type) =>
    ofType(found, type).map(({ name, inputs }): Policy => ({
      owner: name,
      kind: "identity",
      statements: statementsOf(inputs["policy"]),
    })),
  );
  const onResources = Object.entries(RESOURCE_POLICIES).flatMap(([type, input]) =>
    ofType(found, type).map(({ name, inputs }): Policy => ({
      owner: name,
      kind: "resource",
      statements: statementsOf(inputs[input]),
    })),
  );
  return [...roles, ...attached, ...onResources];
};
