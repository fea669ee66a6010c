import type { MachineName, TaskPermission } from "@commops/core/workflows";
import { MACHINES } from "@commops/core/workflows";
import type { Analytics } from "./analytics.ts";
import { type Key, keyUse } from "./keys.ts";
import type { Mail } from "./mail.ts";
import { named } from "./stage.ts";
import type { Storage } from "./storage.ts";

export interface Statement {
  readonly actions: string[];
  readonly resources: $util.Input<string>[];
}

/** What permissions are about. */
export interface Reach {
  readonly key: Key;
  readonly storage: Storage;
  readonly mail: Mail;
  readonly analytics: Analytics;
}

/** The ARN of a state machine by name, before it is made: functions and machines name each other. */
export const machineArn = (machine: string): $util.Output<string> => {
  const { accountId } = aws.getCallerIdentityOutput();
  const { region } = aws.getRegionOutput();
  return $interpolate`arn:aws:states:${region}:${accountId}:stateMachine:${named(machine)}`;
};

export const executionArns = (machine: string): $util.Output<string> =>
  machineArn(machine).apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}:*`);

/** What the distributed Maps of a machine make: their runs, and an execution for each item. */
const ofMaps = (machine: string, kind: "mapRun" | "execution"): $util.Output<string> =>
  machineArn(machine).apply((arn) => `${arn.replace(":stateMachine:", `:${kind}:`)}/*`);

const machineNames = Object.keys(MACHINES) as MachineName[];

const readFiles = ({ storage }: Reach): Statement[] => [
  { actions: ["s3:GetObject"], resources: [$interpolate`${storage.files.arn}/*`] },
  { actions: ["s3:ListBucket", "s3:GetBucketLocation"], resources: [storage.files.arn] },
];

/** What writing a file in parts takes. */
const WRITE_PARTS = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];

const catalogue = ({ analytics }: Reach) => [analytics.catalogArn, analytics.databaseArn, analytics.tablesArn];

/** The statements of a permission, each on named resources. A database login needs none: the network and its password let it in. */
const grants: Readonly<Record<TaskPermission, (reach: Reach) => Statement[]>> = {
  database: () => [],
  "files:read": (reach) => [...readFiles(reach), keyUse(reach.key)],
  "files:write": (reach) => [
    { actions: WRITE_PARTS, resources: [$interpolate`${reach.storage.files.arn}/*`] },
    ...readFiles(reach),
    keyUse(reach.key),
  ],
  "lake:query": (reach) => [
    {
      actions: [
        "athena:StartQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:StopQueryExecution",
      ],
      resources: [reach.analytics.workgroupArn],
    },
    {
      actions: ["glue:GetDatabase", "glue:GetTable", "glue:GetPartition", "glue:GetPartitions"],
      resources: catalogue(reach),
    },
    { actions: ["glue:GetDatabase"], resources: [reach.analytics.catalogArn, reach.analytics.defaultArn] },
    ...readFiles(reach),
    { actions: WRITE_PARTS, resources: [$interpolate`${reach.storage.files.arn}/athena/*`] },
    keyUse(reach.key),
  ],
  "lake:write": (reach) => [
    // A conversion is a table in the making, which is dropped with its files when its one object is fetched.
    { actions: ["glue:CreateTable", "glue:DeleteTable", "glue:GetTables"], resources: catalogue(reach) },
    { actions: WRITE_PARTS, resources: [$interpolate`${reach.storage.files.arn}/lake/*`] },
    { actions: ["s3:DeleteObject"], resources: [$interpolate`${reach.storage.files.arn}/athena/scratch/*`] },
    keyUse(reach.key),
  ],
  "mail:send": ({ mail }) => [
    { actions: ["ses:SendEmail", "ses:SendRawEmail"], resources: [mail.identityArn, mail.configurationSetArn] },
  ],
  "workflows:start": ({ key }) => [
    { actions: ["states:StartExecution"], resources: machineNames.map(machineArn) },
    keyUse(key),
  ],
  "workflows:answer": ({ key }) => [
    {
      actions: ["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"],
      resources: machineNames.map(machineArn),
    },
    keyUse(key),
  ],
  // Cost Explorer knows no narrower resource than the account that asks.
  "costs:forecast": () => [{ actions: ["ce:GetCostForecast", "ce:GetCostAndUsage"], resources: ["*"] }],
};

export const statementsFor = (permissions: readonly TaskPermission[], reach: Reach): Statement[] =>
  permissions.flatMap((permission) => grants[permission](reach));

/** For the dashboard's page of workflows: what runs, how it went, and to stop or go on with it. */
export const operateWorkflows = (): Statement[] => [
  { actions: ["states:ListExecutions", "states:DescribeStateMachine"], resources: machineNames.map(machineArn) },
  {
    actions: [
      "states:DescribeExecution",
      "states:DescribeStateMachineForExecution",
      "states:GetExecutionHistory",
      "states:StopExecution",
      "states:RedriveExecution",
    ],
    resources: machineNames.map(executionArns),
  },
  { actions: ["states:ListMapRuns"], resources: machineNames.map(executionArns) },
  { actions: ["states:ListExecutions"], resources: machineNames.map((name) => ofMaps(name, "mapRun")) },
  {
    actions: ["states:DescribeExecution", "states:DescribeStateMachineForExecution", "states:GetExecutionHistory"],
    resources: machineNames.map((name) => ofMaps(name, "execution")),
  },
];
