import type { Api } from "./api.ts";
import type { Database } from "./database.ts";
import { makeDashboard } from "./dashboard.ts";
import type { Key } from "./keys.ts";
import { named, pascal, settings } from "./stage.ts";

interface Watched {
  readonly key: Key;
  readonly machines: ReadonlyMap<string, aws.sfn.StateMachine>;
  readonly functions: ReadonlyMap<string, sst.aws.Function>;
  readonly queues: ReadonlyMap<string, sst.aws.Queue>;
  readonly database: Database;
  readonly api: Api;
}

interface Watch {
  readonly name: string;
  /** What it means and where to look. */
  readonly means: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, $util.Input<string>>>;
  readonly statistic?: string;
  readonly above: number;
  readonly minutes?: number;
  readonly times?: number;
}

const RUNBOOK = "docs/deploy.md";

const topicFor = (key: Key) => {
  const { accountId } = aws.getCallerIdentityOutput();
  const topic = new aws.sns.Topic("AlarmTopic", { name: named("alarms"), kmsMasterKeyId: key.arn });
  new aws.sns.TopicPolicy("AlarmTopicPolicy", {
    arn: topic.arn,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ["sns:Publish"],
          resources: [topic.arn],
          principals: [{ type: "Service", identifiers: ["cloudwatch.amazonaws.com"] }],
          conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }],
        },
        {
          effect: "Deny",
          actions: ["sns:Publish"],
          resources: [topic.arn],
          principals: [{ type: "*", identifiers: ["*"] }],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    }).json,
  });
  new aws.sns.TopicSubscription("AlarmMail", {
    topic: topic.arn,
    protocol: "email",
    endpoint: settings.COMMOPS_OPERATOR_MAIL,
  });
  return topic;
};

const alarm = (topic: aws.sns.Topic, watch: Watch): void => {
  new aws.cloudwatch.MetricAlarm(`Alarm${pascal(watch.name)}`, {
    name: named(watch.name),
    alarmDescription: `${watch.means} (${RUNBOOK}, "When an alarm comes")`,
    namespace: watch.namespace,
    metricName: watch.metric,
    dimensions: watch.dimensions,
    statistic: watch.statistic ?? "Sum",
    period: 60 * (watch.minutes ?? 5),
    evaluationPeriods: watch.times ?? 1,
    threshold: watch.above,
    comparisonOperator: "GreaterThanThreshold",
    treatMissingData: "notBreaching",
    alarmActions: [topic.arn],
    okActions: [topic.arn],
  });
};

const machineWatches = ({ machines }: Watched): Watch[] =>
  [...machines].flatMap(([name, machine]) =>
    [
      { metric: "ExecutionsFailed", means: "failed: its page in the dashboard shows where; redrive it there" },
      { metric: "ExecutionsTimedOut", means: "ran into its time limit" },
      { metric: "ExecutionThrottled", means: "is slowed by AWS: see the quota of state transitions" },
    ].map(({ metric, means }) => ({
      name: `${name}-${metric.replaceAll(/([a-z])([A-Z])/g, "$1-$2").toLowerCase()}`,
      means: `An execution of ${name} ${means}`,
      namespace: "AWS/States",
      metric,
      dimensions: { StateMachineArn: machine.arn },
      above: 0,
    })),
  );

const functionWatches = ({ functions }: Watched): Watch[] =>
  [...functions].flatMap(([name, made]) => [
    {
      name: `${name}-errors`,
      means: `${name} failed: its log group has the trace`,
      namespace: "AWS/Lambda",
      metric: "Errors",
      dimensions: { FunctionName: made.name },
      above: 0,
    },
    {
      name: `${name}-throttles`,
      means: `${name} was not let run: see the account's concurrency`,
      namespace: "AWS/Lambda",
      metric: "Throttles",
      dimensions: { FunctionName: made.name },
      above: 0,
      times: 2,
    },
  ]);

const queueWatches = ({ queues }: Watched): Watch[] =>
  [...queues].flatMap(([name, queue]) => {
    const about = { namespace: "AWS/SQS", dimensions: { QueueName: queue.nodes.queue.name }, statistic: "Maximum" };
    return [
      {
        ...about,
        name: `${name}-depth`,
        means: `${name} holds what could not be delivered`,
        metric: "ApproximateNumberOfMessagesVisible",
        above: 0,
      },
      {
        ...about,
        name: `${name}-age`,
        means: `Nobody has looked into ${name} for a day`,
        metric: "ApproximateAgeOfOldestMessage",
        above: 86_400,
      },
    ];
  });

const restWatches = ({ database, api }: Watched): Watch[] => [
  {
    name: "database-pinned-sessions",
    means: "Connections of the proxy are held by one client: something sets session state",
    namespace: "AWS/RDS",
    metric: "DatabaseConnectionsCurrentlySessionPinned",
    dimensions: { ProxyName: database.proxyName },
    statistic: "Maximum",
    above: 0,
    times: 3,
  },
  {
    name: "database-capacity",
    means: "The database runs at its largest size",
    namespace: "AWS/RDS",
    metric: "ACUUtilization",
    dimensions: { DBClusterIdentifier: database.cluster.clusterIdentifier },
    statistic: "Average",
    above: 90,
    times: 3,
  },
  {
    name: "api-server-errors",
    means: "The API answered with 5xx",
    namespace: "AWS/ApiGateway",
    metric: "5xx",
    dimensions: { ApiId: api.api.nodes.api.id },
    above: 0,
  },
  {
    name: "api-latency",
    means: "One request in a hundred takes longer than 5 s",
    namespace: "AWS/ApiGateway",
    metric: "Latency",
    dimensions: { ApiId: api.api.nodes.api.id },
    statistic: "p99",
    above: 5000,
    times: 3,
  },
  {
    name: "mail-bounces",
    means: "More than one mail in twenty bounces: SES may stop the account",
    namespace: "AWS/SES",
    metric: "Reputation.BounceRate",
    dimensions: {},
    statistic: "Average",
    above: 0.05,
    minutes: 60,
  },
  {
    name: "mail-complaints",
    means: "More than one mail in a thousand is complained about",
    namespace: "AWS/SES",
    metric: "Reputation.ComplaintRate",
    dimensions: {},
    statistic: "Average",
    above: 0.001,
    minutes: 60,
  },
];

/** What the stage may cost in a month; told at 80 % and when the forecast is over. */
const budget = (): void => {
  const tell = (threshold: number, notificationType: "ACTUAL" | "FORECASTED") => ({
    comparisonOperator: "GREATER_THAN",
    threshold,
    thresholdType: "PERCENTAGE",
    notificationType,
    subscriberEmailAddresses: [settings.COMMOPS_OPERATOR_MAIL],
  });
  new aws.budgets.Budget("AlarmBudget", {
    name: named("monthly"),
    budgetType: "COST",
    timeUnit: "MONTHLY",
    limitAmount: settings.COMMOPS_MONTHLY_BUDGET_USD,
    limitUnit: "USD",
    costFilters: [{ name: "TagKeyValue", values: [`user:stage$${$app.stage}`] }],
    notifications: [tell(80, "ACTUAL"), tell(100, "FORECASTED")],
  });
};

/** An alarm for every machine, function, queue, and for what stands between them; all tell the operator. */
export const makeAlarms = (watched: Watched) => {
  const topic = topicFor(watched.key);
  for (const watches of [machineWatches, functionWatches, queueWatches, restWatches])
    for (const watch of watches(watched)) alarm(topic, watch);
  makeDashboard(
    $util.output({
      machineArns: [...watched.machines.values()].map(({ arn }) => arn),
      queueNames: [...watched.queues.values()].map((queue) => queue.nodes.queue.name),
      proxyName: watched.database.proxyName,
      apiId: watched.api.api.nodes.api.id,
    }),
  );
  budget();
  return topic;
};
