import { named } from "./stage.ts";

type Metric = readonly string[];

interface Graph {
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly stat?: "Sum" | "Maximum";
}

/** What the page shows, with the names of this stage. */
interface Shown {
  readonly machineArns: readonly string[];
  readonly queueNames: readonly string[];
  readonly proxyName: string;
  readonly apiId: string;
}

const graphs = ({ machineArns, queueNames, proxyName, apiId }: Shown): Graph[] => {
  const machines = (metric: string): Metric[] =>
    machineArns.map((arn) => ["AWS/States", metric, "StateMachineArn", arn]);
  const of = (namespace: string, dimension: string, name: string, ...metrics: string[]): Metric[] =>
    metrics.map((metric) => [namespace, metric, dimension, name]);
  return [
    { title: "Executions that failed", metrics: machines("ExecutionsFailed") },
    { title: "Executions that succeeded", metrics: machines("ExecutionsSucceeded") },
    { title: "Functions", metrics: ["Invocations", "Errors", "Throttles"].map((metric) => ["AWS/Lambda", metric]) },
    { title: "API", metrics: of("AWS/ApiGateway", "ApiId", apiId, "Count", "4xx", "5xx") },
    {
      title: "Database connections",
      stat: "Maximum",
      metrics: of(
        "AWS/RDS",
        "ProxyName",
        proxyName,
        "DatabaseConnections",
        "DatabaseConnectionsCurrentlySessionPinned",
      ),
    },
    {
      title: "Dead letters",
      stat: "Maximum",
      metrics: queueNames.map((queue) => ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]),
    },
  ];
};

/** One page that shows executions, functions, API, database and dead letters, two graphs a row. */
export const makeDashboard = (shown: $util.Input<Shown>): void => {
  const { region } = aws.getRegionOutput();
  const body = $util.all([region, shown]).apply(([at, names]) =>
    JSON.stringify({
      widgets: graphs(names).map(({ title, metrics, stat }, index) => ({
        type: "metric",
        x: (index % 2) * 12,
        y: Math.floor(index / 2) * 6,
        width: 12,
        height: 6,
        properties: { title, region: at, stat: stat ?? "Sum", period: 300, metrics },
      })),
    }),
  );
  new aws.cloudwatch.Dashboard("AlarmDashboard", { dashboardName: named("operations"), dashboardBody: body });
};
