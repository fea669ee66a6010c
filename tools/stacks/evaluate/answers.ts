import { ACCOUNT, REGION } from "./evaluation.ts";

type Values = Record<string, unknown>;

interface Statement {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
  readonly conditions?: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  }[];
}

/** A policy document as the provider writes it. */
const policyDocument = (statements: readonly Statement[]): Values => ({
  Version: "2012-10-17",
  Statement: statements.map((statement) => ({
    ...(statement.sid === undefined ? {} : { Sid: statement.sid }),
    Effect: statement.effect ?? "Allow",
    ...(statement.actions === undefined ? {} : { Action: statement.actions }),
    ...(statement.notActions === undefined ? {} : { NotAction: statement.notActions }),
    ...(statement.resources === undefined ? {} : { Resource: statement.resources }),
    ...(statement.principals === undefined ? {} : { Principal: principals(statement.principals) }),
    ...(statement.conditions === undefined ? {} : { Condition: conditions(statement.conditions) }),
  })),
});

const principals = (given: NonNullable<Statement["principals"]>): Values | string =>
  given.some((one) => one.type === "*") ? "*" : Object.fromEntries(given.map((one) => [one.type, one.identifiers]));

const conditions = (given: NonNullable<Statement["conditions"]>): Values => {
  const found: Record<string, Values> = {};
  for (const { test, variable, values } of given) found[test] = { ...found[test], [variable]: values };
  return found;
};

const zones = ["a", "b", "c"];

const answers: Readonly<Record<string, (inputs: Values) => Values>> = {
  "aws:index/getRegion:getRegion": () => ({ id: REGION, name: REGION, region: REGION }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT, id: ACCOUNT }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    names: zones.map((zone) => `${REGION}${zone}`),
    zoneIds: zones.map((zone) => `euc1-az-${zone}`),
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": ({ statements }) => {
    const given = Array.isArray(statements) ? (statements as Statement[]) : [];
    return { statements: given, json: JSON.stringify(policyDocument(given)), id: "policy" };
  },
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": ({ name }) => ({ id: "pl-12345678", name }),
  "aws:cloudfront/getCachePolicy:getCachePolicy": ({ name }) => ({ id: `policy-${String(name)}`, name }),
  "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy": ({ name }) => ({
    id: `policy-${String(name)}`,
    name,
  }),
};

/** What a question of the program to AWS would be answered; throws on one that nobody foresaw. */
export const answer = (token: string, inputs: Values): Values => {
  const found = answers[token];
  if (found === undefined) {
    // Pulumi shows the details of a refused question, and nothing else.
    const details = `The program asks AWS ${token}: give it an answer in tools/stacks/evaluate/answers.ts`;
    throw Object.assign(new Error(details), { details });
  }
  return found(inputs);
};
