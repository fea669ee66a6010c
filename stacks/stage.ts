/** What differs between stages, what a deployment is told by its environment, and what every resource is marked with. */

export const isProduction = $app.stage === "production";

/** A physical name; resources of components get theirs from SST. */
export const named = (name: string): string => `${$app.name}-${$app.stage}-${name}`;

/** "find-deliveries" -> "FindDeliveries", as logical names are written. */
export const pascal = (name: string): string =>
  name
    .split("-")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");

/** How long a stage keeps what. */
export const keep = {
  logs: isProduction ? "1 year" : "1 month",
  logDays: isProduction ? 365 : 30,
  /** Evidence cannot be removed by anyone before its time. */
  evidence: isProduction ? { mode: "COMPLIANCE", years: 2 } : { mode: "GOVERNANCE", days: 1 },
  backupDays: isProduction ? 35 : 1,
  /** Days in which a deleted key or secret can be had back. */
  recoveryDays: isProduction ? 30 : 7,
} as const;

const SETTINGS = {
  COMMOPS_MAIL_SENDER: "the address or the domain that invoices are sent from",
  COMMOPS_OPERATOR_MAIL: "who is told of alarms and of the budget",
  COMMOPS_MONTHLY_BUDGET_USD: "what this stage may cost in a month",
  OIDC_ISSUER: "the identity provider that signs people in",
  OIDC_CLIENT_ID: "the identity provider knows the product by it",
} as const;

/** Where people reach the stage. Its distribution's own address is known only after the first deployment. */
export const publicUrl = process.env["PUBLIC_URL"] ?? "https://not-known-yet.invalid";

/** A certificate in us-east-1 for the host of PUBLIC_URL, where that is a name of ours. */
export const certificateArn = process.env["COMMOPS_CERTIFICATE_ARN"];

type Setting = keyof typeof SETTINGS;

const readSettings = (): Readonly<Record<Setting, string>> => {
  const names = Object.keys(SETTINGS) as Setting[];
  const missing = names.filter((name) => (process.env[name] ?? "") === "");
  if (missing.length > 0) {
    const lines = missing.map((name) => `  ${name}: ${SETTINGS[name]}`);
    throw new Error(`Set in .env.${$app.stage} (docs/deploy.md):\n${lines.join("\n")}`);
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""])) as Record<Setting, string>;
};

/** From `.env.<stage>`, which SST reads; what is missing is named all at once. */
export const settings = readSettings();

/** Which part of the product a logical name belongs to, by how it begins. The longest one counts. */
const COMPONENTS: Readonly<Record<string, string>> = {
  Network: "network",
  Key: "security",
  Secret: "security",
  Database: "database",
  Migrate: "database",
  Files: "storage",
  Evidence: "storage",
  AccessLogs: "storage",
  Cur: "cost",
  Analytics: "analytics",
  Task: "tasks",
  Machine: "workflows",
  Schedule: "schedules",
  Api: "api",
  Stream: "api",
  Web: "web",
  Mail: "mail",
  Alarm: "alarms",
};

/** The kinds we use that can carry tags. */
const TAGGED = new Set([
  "aws:apigatewayv2/api:Api",
  "aws:apigatewayv2/stage:Stage",
  "aws:athena/workgroup:Workgroup",
  "aws:budgets/budget:Budget",
  "aws:cloudfront/distribution:Distribution",
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/eip:Eip",
  "aws:ec2/flowLog:FlowLog",
  "aws:ec2/instance:Instance",
  "aws:ec2/internetGateway:InternetGateway",
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpc:Vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:glue/catalogDatabase:CatalogDatabase",
  "aws:iam/role:Role",
  "aws:kms/key:Key",
  "aws:lambda/eventSourceMapping:EventSourceMapping",
  "aws:lambda/function:Function",
  "aws:rds/cluster:Cluster",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:rds/clusterParameterGroup:ClusterParameterGroup",
  "aws:rds/parameterGroup:ParameterGroup",
  "aws:rds/proxy:Proxy",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:scheduler/scheduleGroup:ScheduleGroup",
  "aws:secretsmanager/secret:Secret",
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
  "aws:sesv2/configurationSet:ConfigurationSet",
  "aws:sesv2/emailIdentity:EmailIdentity",
  "aws:sfn/stateMachine:StateMachine",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
]);

const componentOf = (name: string): string => {
  const prefixes = Object.keys(COMPONENTS).filter((prefix) => name.startsWith(prefix));
  const longest = prefixes.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined)
    throw new Error(`${name} begins like no part of the product: see COMPONENTS in stacks/stage.ts`);
  return COMPONENTS[longest] ?? longest;
};

/** Has everything that can carry tags say whose it is, so that the product can allocate its own cost. Comes before the first resource. */
export const tagEverything = (): void => {
  $util.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    if (!TAGGED.has(type)) return undefined;
    const { tags, ...rest } = props as { readonly tags?: Readonly<Record<string, $util.Input<string>>> };
    const own = $util
      .output(tags ?? {})
      .apply((given) => ({ app: $app.name, stage: $app.stage, service_component: componentOf(name), ...given }));
    return { props: { ...rest, tags: own }, opts };
  });
};
