import type { Evaluation, Resource } from "../evaluate/evaluation.ts";
import { type Rule, at, changed, ofType, text, without } from "./rule.ts";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const BUDGET = "aws:budgets/budget:Budget";
const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";

const hasAlarm = (found: Evaluation, metric: string, dimension: string, value: unknown): boolean =>
  ofType(found, ALARM).some(
    ({ inputs }) => inputs["metricName"] === metric && at(inputs, "dimensions", dimension) === value,
  );

/** Every resource of a type has an alarm on each of the metrics. */
const everyOne = (
  name: string,
  type: string,
  metrics: readonly string[],
  dimension: string,
  valueOf: (resource: Resource) => unknown,
): Rule => ({
  name,
  check: (found) =>
    ofType(found, type).flatMap((resource) =>
      metrics
        .filter((metric) => !hasAlarm(found, metric, dimension, valueOf(resource)))
        .map((metric) => `${resource.name} has no alarm on ${metric}`),
    ),
  breaks: {
    "one alarm less": (found) => {
      const one = ofType(found, ALARM).find(({ inputs }) => metrics.includes(text(inputs, "metricName")));
      return without(ALARM, one?.name ?? "any")(found);
    },
  },
});

const named = ({ state }: Resource): unknown => state["name"];

export const watchRules: readonly Rule[] = [
  everyOne(
    "every machine has alarms: failed, timed out, throttled",
    "aws:sfn/stateMachine:StateMachine",
    ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled"],
    "StateMachineArn",
    ({ state }) => state["arn"],
  ),
  everyOne(
    "every queue has alarms: letters in it, and their age",
    "aws:sqs/queue:Queue",
    ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"],
    "QueueName",
    named,
  ),
  everyOne(
    "every function has alarms: errors and throttles",
    "aws:lambda/function:Function",
    ["Errors", "Throttles"],
    "FunctionName",
    named,
  ),
  everyOne(
    "the proxy has an alarm on pinned sessions",
    "aws:rds/proxy:Proxy",
    ["DatabaseConnectionsCurrentlySessionPinned"],
    "ProxyName",
    named,
  ),
  everyOne(
    "the API has alarms: 5xx and latency",
    "aws:apigatewayv2/api:Api",
    ["5xx", "Latency"],
    "ApiId",
    ({ state }) => state["id"],
  ),
  {
    name: "every alarm tells somebody and says what it means",
    check: (found) => {
      const topics = new Set(ofType(found, "aws:sns/topic:Topic").map(({ state }) => state["arn"]));
      const heard = ofType(found, "aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs["topic"]);
      return ofType(found, ALARM)
        .filter(({ inputs }) => {
          const to = at(inputs, "alarmActions", 0);
          return !topics.has(to) || !heard.includes(to) || !text(inputs, "alarmDescription").includes("docs/");
        })
        .map(({ name }) => `${name} is heard by nobody, or does not say what to do`);
    },
    breaks: {
      "nobody listens": without("aws:sns/topicSubscription:TopicSubscription"),
      "it tells nobody": changed(ALARM, (inputs) => ({ ...inputs, alarmActions: [] })),
    },
  },
  {
    name: "there is a budget, and one page that shows every machine",
    check: (found) => {
      const page = ofType(found, DASHBOARD).map(({ inputs }) => text(inputs, "dashboardBody"));
      return [
        ...(ofType(found, BUDGET).some(({ inputs }) => Number(inputs["limitAmount"]) > 0)
          ? []
          : ["there is no budget"]),
        ...ofType(found, "aws:sfn/stateMachine:StateMachine")
          .filter(({ state }) => !page.some((body) => body.includes(String(state["arn"]))))
          .map(({ name }) => `${name} is on no page`),
      ];
    },
    breaks: { "no budget": without(BUDGET), "no page": without(DASHBOARD) },
  },
];
