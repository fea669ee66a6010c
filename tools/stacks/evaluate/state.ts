import { ACCOUNT, REGION } from "./evaluation.ts";

type Values = Record<string, unknown>;

/** Under which input a type keeps its physical name. */
const NAME_INPUTS = [
  "name",
  "bucket",
  "functionName",
  "clusterIdentifier",
  "identifier",
  "configurationSetName",
  "keyName",
];

/** Parts of an ARN between the account and the name; types that are not here get `<kind>/<name>`. */
const ARNS: Readonly<Record<string, (name: string) => string>> = {
  "aws:s3/bucket:Bucket": (name) => `arn:aws:s3:::${name}`,
  "aws:lambda/function:Function": (name) => regional("lambda", `function:${name}`),
  "aws:iam/role:Role": (name) => global("iam", `role/${name}`),
  "aws:iam/policy:Policy": (name) => global("iam", `policy/${name}`),
  "aws:sfn/stateMachine:StateMachine": (name) => regional("states", `stateMachine:${name}`),
  "aws:sqs/queue:Queue": (name) => regional("sqs", name),
  "aws:sns/topic:Topic": (name) => regional("sns", name),
  "aws:kms/key:Key": (name) => regional("kms", `key/${name}`),
  "aws:cloudwatch/logGroup:LogGroup": (name) => regional("logs", `log-group:${name}`),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (name) => regional("cloudwatch", `alarm:${name}`),
  "aws:secretsmanager/secret:Secret": (name) => regional("secretsmanager", `secret:${name}-AbCdEf`),
  "aws:rds/cluster:Cluster": (name) => regional("rds", `cluster:${name}`),
  "aws:rds/proxy:Proxy": (name) => regional("rds", `db-proxy:${name}`),
  "aws:scheduler/scheduleGroup:ScheduleGroup": (name) => regional("scheduler", `schedule-group/${name}`),
  "aws:athena/workgroup:Workgroup": (name) => regional("athena", `workgroup/${name}`),
  "aws:glue/catalogDatabase:CatalogDatabase": (name) => regional("glue", `database/${name}`),
  "aws:sesv2/emailIdentity:EmailIdentity": (name) => regional("ses", `identity/${name}`),
  "aws:sesv2/configurationSet:ConfigurationSet": (name) => regional("ses", `configuration-set/${name}`),
  "aws:cloudfront/distribution:Distribution": (name) => global("cloudfront", `distribution/${name}`),
};

const regional = (service: string, rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const global = (service: string, rest: string): string => `arn:aws:${service}::${ACCOUNT}:${rest}`;

const arnOf = (type: string, name: string): string => {
  const given = ARNS[type];
  if (given !== undefined) return given(name);
  const [, service = "", kind = ""] = /^[^:]+:([^/:]+)\/([^:]+):/.exec(type) ?? [];
  return regional(service, `${kind}/${name}`);
};

/** What only some types have beside id, name and ARN; the program reads it. */
const COMPUTED: Readonly<Record<string, (name: string, inputs: Values) => Values>> = {
  "random:index/randomPassword:RandomPassword": (_, { length }) => ({ result: "p".repeat(Number(length)) }),
  "random:index/randomBytes:RandomBytes": () => ({ base64: Buffer.alloc(32, 7).toString("base64") }),
  "random:index/randomId:RandomId": () => ({ dec: "1", hex: "01" }),
  "aws:s3/bucket:Bucket": (name) => ({
    bucket: name,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${REGION}.amazonaws.com`,
  }),
  "aws:rds/cluster:Cluster": (name) => ({
    endpoint: `${name}.cluster-abc.${REGION}.rds.amazonaws.com`,
    readerEndpoint: `${name}.cluster-ro-abc.${REGION}.rds.amazonaws.com`,
    clusterResourceId: "cluster-ABCDEFGHIJKL",
    port: 5432,
  }),
  "aws:rds/clusterInstance:ClusterInstance": () => ({ port: 5432 }),
  "aws:rds/proxy:Proxy": (name) => ({ endpoint: `${name}.proxy-abc.${REGION}.rds.amazonaws.com` }),
  "aws:sqs/queue:Queue": (name) => ({ url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}` }),
  "aws:lambda/functionUrl:FunctionUrl": () => ({ functionUrl: `https://abcdef.lambda-url.${REGION}.on.aws/` }),
  "aws:lambda/function:Function": (name) => ({
    qualifiedArn: `${regional("lambda", `function:${name}`)}:1`,
    version: "1",
  }),
  "aws:apigatewayv2/api:Api": () => ({
    apiEndpoint: `https://abcdef.execute-api.${REGION}.amazonaws.com`,
    executionArn: regional("execute-api", "abcdef"),
  }),
  "aws:cloudfront/distribution:Distribution": () => ({
    domainName: "dabcdef.cloudfront.net",
    hostedZoneId: "Z2FDTNDATAQYW2",
  }),
  "aws:sesv2/emailIdentity:EmailIdentity": () => ({
    dkimSigningAttributes: { tokens: ["one", "two", "three"] },
  }),
  "aws:kms/key:Key": (name) => ({ keyId: name }),
  "aws:ec2/eip:Eip": (name) => ({ allocationId: `eipalloc-${name}` }),
  "aws:ec2/vpc:Vpc": () => ({ defaultSecurityGroupId: "sg-default", cidrBlock: "10.0.0.0/16" }),
};

/** What AWS would answer for a resource that was made from these inputs. */
export const stateOf = (type: string, name: string, inputs: Values): Values => {
  const given = NAME_INPUTS.map((input) => inputs[input]).find((value) => typeof value === "string" && value !== "");
  const physical = typeof given === "string" ? given : name;
  return {
    name: physical,
    ...inputs,
    arn: arnOf(type, physical),
    ...COMPUTED[type]?.(physical, inputs),
  };
};
