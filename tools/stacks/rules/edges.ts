import { month, type Month } from "@commops/core/time";
import { CANONICAL_COLUMNS } from "../../../packages/core/src/cost/canonical.ts";
import { addedKeyOf, columnarKeyOf } from "../../../packages/core/src/cost/delivery.ts";
import { CONTENT_SECURITY_POLICY } from "../../../packages/functions/src/api/security-headers.ts";
import type { Evaluation, Resource } from "../evaluate/evaluation.ts";
import { statementsOf } from "./policy.ts";
import { type Rule, at, changed, isRecord, ofType, text, without } from "./rule.ts";

const QUEUE = "aws:sqs/queue:Queue";
const TOPIC = "aws:sns/topic:Topic";
const API = "aws:apigatewayv2/api:Api";
const STAGE = "aws:apigatewayv2/stage:Stage";
const WEB = "aws:cloudfront/distribution:Distribution";
const HEADERS = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy";
const TABLE = "aws:glue/catalogTable:CatalogTable";
const LINES = "AnalyticsCostLines";
const WORKGROUP = "aws:athena/workgroup:Workgroup";

const refusesPlain = (found: Evaluation, type: string, input: string, value: unknown): boolean =>
  ofType(found, type).some(
    ({ inputs }) =>
      inputs[input] === value &&
      statementsOf(inputs["policy"]).some(
        ({ effect, condition }) => effect === "Deny" && at(condition, "Bool", "aws:SecureTransport") !== undefined,
      ),
  );

const messagingRules: readonly Rule[] = [
  {
    name: "queues are encrypted by our key, speak TLS only, and keep a letter for 14 days",
    check: (found) =>
      ofType(found, QUEUE)
        .filter(
          ({ inputs, state }) =>
            !text(inputs, "kmsMasterKeyId").startsWith("arn:aws:kms:") ||
            inputs["messageRetentionSeconds"] !== 1_209_600 ||
            !refusesPlain(found, "aws:sqs/queuePolicy:QueuePolicy", "queueUrl", state["url"]),
        )
        .map(({ name }) => `${name} is not so`),
    breaks: {
      "in the open": changed(QUEUE, (inputs) => ({ ...inputs, kmsMasterKeyId: undefined })),
      "plain HTTP": without("aws:sqs/queuePolicy:QueuePolicy"),
      "four days": changed(QUEUE, (inputs) => ({ ...inputs, messageRetentionSeconds: 345_600 })),
    },
  },
  {
    name: "topics are encrypted by our key and speak TLS only",
    check: (found) =>
      ofType(found, TOPIC)
        .filter(
          ({ inputs, state }) =>
            !text(inputs, "kmsMasterKeyId").startsWith("arn:aws:kms:") ||
            !refusesPlain(found, "aws:sns/topicPolicy:TopicPolicy", "arn", state["arn"]),
        )
        .map(({ name }) => `${name} is not so`),
    breaks: {
      "in the open": changed(TOPIC, (inputs) => ({ ...inputs, kmsMasterKeyId: undefined })),
      "plain HTTP": without("aws:sns/topicPolicy:TopicPolicy"),
    },
  },
  {
    name: "mail leaves over TLS, and what became of it is told",
    check: (found) => [
      ...ofType(found, "aws:sesv2/configurationSet:ConfigurationSet")
        .filter(({ inputs }) => at(inputs, "deliveryOptions", "tlsPolicy") !== "REQUIRE")
        .map(({ name }) => `${name} lets mail leave in the open`),
      ...(ofType(found, "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination").some(
        ({ inputs }) => ["BOUNCE", "COMPLAINT", "DELIVERY"].every((type) => JSON.stringify(inputs).includes(type)),
      )
        ? []
        : ["nobody is told of bounces and complaints"]),
    ],
    breaks: {
      "TLS where it can be": changed("aws:sesv2/configurationSet:ConfigurationSet", (inputs) => ({
        ...inputs,
        deliveryOptions: { tlsPolicy: "OPTIONAL" },
      })),
      "nobody is told": without("aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination"),
    },
  },
];

/** What the API itself says, as a header. */
const API_POLICY = Object.entries(CONTENT_SECURITY_POLICY)
  .map(([name, sources]) => `${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${sources.join(" ")}`)
  .join("; ");

const behaviours = (inputs: Readonly<Record<string, unknown>>): unknown[] => {
  const ordered = inputs["orderedCacheBehaviors"];
  return [inputs["defaultCacheBehavior"], ...(Array.isArray(ordered) ? (ordered as unknown[]) : [])];
};

const webRules: readonly Rule[] = [
  {
    name: "the API answers no other origin, is throttled and logs who asked",
    check: (found) => [
      ...ofType(found, API)
        .filter(({ inputs }) => Object.keys(inputs["corsConfiguration"] ?? {}).length > 0)
        .map(({ name }) => `${name} answers other origins`),
      ...ofType(found, STAGE)
        .filter(
          ({ inputs }) =>
            !(Number(at(inputs, "defaultRouteSettings", "throttlingRateLimit")) > 0) ||
            at(inputs, "accessLogSettings", "destinationArn") === undefined,
        )
        .map(({ name }) => `${name} has no limit or no log`),
    ],
    breaks: {
      "SST's default": changed(API, (inputs) => ({ ...inputs, corsConfiguration: { allowOrigins: ["*"] } })),
      "no limit": changed(STAGE, (inputs) => ({ ...inputs, defaultRouteSettings: {} })),
    },
  },
  {
    name: "function URLs ask for a signature and answer no other origin",
    check: (found) =>
      ofType(found, "aws:lambda/functionUrl:FunctionUrl")
        .filter(({ inputs }) => inputs["authorizationType"] !== "AWS_IAM" || inputs["cors"] !== undefined)
        .map(({ name }) => `${name} is open`),
    breaks: {
      "for everyone": changed("aws:lambda/functionUrl:FunctionUrl", (inputs) => ({
        ...inputs,
        authorizationType: "NONE",
      })),
    },
  },
  {
    name: "the dashboard is reached over TLS, its bucket and its streams through the distribution only",
    check: (found) =>
      ofType(found, WEB).flatMap(({ name, inputs }) => {
        const origins = Array.isArray(inputs["origins"]) ? (inputs["origins"] as unknown[]) : [];
        return [
          ...behaviours(inputs)
            .filter((one) => !/https/.test(String(at(one, "viewerProtocolPolicy"))))
            .map(() => `${name} answers plain HTTP`),
          ...origins
            .filter((one) => /\.s3\.|lambda-url/.test(String(at(one, "domainName"))))
            .filter((one) => at(one, "originAccessControlId") === undefined)
            .map((one) => `${name} reaches ${String(at(one, "originId"))} without signing`),
          ...origins
            .filter((one) => at(one, "customOriginConfig") !== undefined)
            .filter((one) => at(one, "customOriginConfig", "originSslProtocols", 0) !== "TLSv1.2")
            .map((one) => `${name} speaks an old TLS with ${String(at(one, "originId"))}`),
        ];
      }),
    breaks: {
      "plain HTTP": changed(WEB, (inputs) => ({
        ...inputs,
        defaultCacheBehavior: { viewerProtocolPolicy: "allow-all" },
      })),
      unsigned: changed(WEB, (inputs) => ({
        ...inputs,
        origins: [{ originId: "pages", domainName: "b.s3.eu-central-1.amazonaws.com" }],
      })),
    },
  },
  {
    name: "pages are as strict as the API: the same content security policy",
    check: (found) =>
      ofType(found, HEADERS)
        .filter(
          ({ inputs }) =>
            at(inputs, "securityHeadersConfig", "contentSecurityPolicy", "contentSecurityPolicy") !== API_POLICY,
        )
        .map(({ name }) => `${name} does not say what the API says: ${API_POLICY}`),
    breaks: {
      "inline scripts": changed(HEADERS, (inputs) => ({
        ...inputs,
        securityHeadersConfig: { contentSecurityPolicy: { contentSecurityPolicy: "script-src 'unsafe-inline'" } },
      })),
    },
  },
];

const ATHENA_TYPES: Readonly<Record<string, string>> = { varchar: "string" };

/** Months of cost from the oldest reports that AWS still delivers to those of today. */
const OLD_AND_NEW = ["2015-09", "2018-08", "2026-06"].map(month);

const withParameter = (inputs: Readonly<Record<string, unknown>>, name: string, value: string) => ({
  ...inputs,
  parameters: { ...(isRecord(inputs["parameters"]) ? inputs["parameters"] : {}), [name]: value },
});

const tableOf = (found: Evaluation, name: string): Resource | undefined =>
  ofType(found, TABLE).find(({ inputs }) => inputs["name"] === name);

/** Whether the projection of a table comes to the folder of a file of a month. */
const isReached = (parameters: unknown, period: Month, key: string): boolean => {
  const parameter = (name: string): string => String(at(parameters, name));
  const [from = "", to = ""] = parameter("projection.billing_period.range").split(",");
  const template = parameter("storage.location.template");
  return (
    template.startsWith("s3://") &&
    template.replace("${billing_period}", period).endsWith(`/${key.slice(0, key.lastIndexOf("/") + 1)}`) &&
    parameter("projection.billing_period.format") === "yyyy-MM" &&
    from <= period &&
    /^NOW\+\d+(MONTHS|YEARS)$/.test(to)
  );
};

const lakeRules: readonly Rule[] = [
  {
    name: "the table of cost lines has the columns of their files, and finds months by itself",
    check: (found) => {
      const wanted = Object.entries(CANONICAL_COLUMNS).filter(([name]) => name !== "billing_period");
      const table = tableOf(found, "fact_cost_raw");
      const columns = at(table?.inputs, "storageDescriptor", "columns");
      const has = (Array.isArray(columns) ? columns : []).map(
        (one: unknown) => `${String(at(one, "name"))} ${String(at(one, "type"))}`,
      );
      const lacks = wanted.map(([name, type]) => `${name} ${ATHENA_TYPES[type] ?? type}`);
      return [
        ...(has.join() === lacks.join()
          ? []
          : ["fact_cost_raw has other columns than packages/core/src/cost/canonical.ts"]),
        ...(at(table?.inputs, "parameters", "projection.enabled") === "true" ? [] : ["fact_cost_raw needs a crawler"]),
      ];
    },
    breaks: {
      "no columns": changed(TABLE, (inputs) => ({ ...inputs, storageDescriptor: { columns: [] } }), LINES),
      "no projection": changed(TABLE, (inputs) => ({ ...inputs, parameters: {} }), LINES),
    },
  },
  {
    name: "every columnar file that the product writes stands where its table looks for its month",
    check: (found) =>
      (
        [
          ["fact_cost_raw", columnarKeyOf],
          ["fact_cost_added", addedKeyOf],
        ] as const
      ).flatMap(([name, keyOf]) => {
        const parameters = at(tableOf(found, name)?.inputs, "parameters");
        return OLD_AND_NEW.filter((period) => !isReached(parameters, period, keyOf(period, "digest"))).map(
          (period) => `a file of ${period} is in no partition of ${name}`,
        );
      }),
    breaks: {
      "another place": changed(TABLE, (inputs) => withParameter(inputs, "storage.location.template", "s3://b/lake/x/")),
      "only young months": changed(TABLE, (inputs) =>
        withParameter(inputs, "projection.billing_period.range", "2020-01,NOW+1MONTHS"),
      ),
      "no months to come": changed(TABLE, (inputs) =>
        withParameter(inputs, "projection.billing_period.range", "2006-01,NOW"),
      ),
    },
  },
  {
    name: "queries are bounded in bytes, and their answers encrypted by our key",
    check: (found) =>
      ofType(found, WORKGROUP)
        .filter(
          ({ inputs }) =>
            !(Number(at(inputs, "configuration", "bytesScannedCutoffPerQuery")) > 0) ||
            at(inputs, "configuration", "enforceWorkgroupConfiguration") !== false ||
            at(inputs, "configuration", "resultConfiguration", "encryptionConfiguration", "encryptionOption") !==
              "SSE_KMS",
        )
        .map(({ name }) => `${name} is not so`),
    breaks: { "no bound": changed(WORKGROUP, (inputs) => ({ ...inputs, configuration: {} })) },
  },
];

export const edgeRules: readonly Rule[] = [...messagingRules, ...webRules, ...lakeRules];
