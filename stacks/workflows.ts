import { type Definition, MACHINES, type MachineTraits, substitute } from "@commops/core/workflows";
import { type Key, keyUse } from "./keys.ts";
import { executionArns, machineArn, type Statement } from "./permissions.ts";
import { keep, named, pascal } from "./stage.ts";
import type { Storage } from "./storage.ts";

interface Parts {
  readonly key: Key;
  readonly storage: Storage;
  readonly tasks: ReadonlyMap<string, sst.aws.Function>;
}

/** The names that a definition refers to, of one kind. */
const referred = (definition: Definition, kind: "task" | "machine" | "bucket"): string[] => [
  ...new Set(
    [...JSON.stringify(definition).matchAll(new RegExp(`\\$\\{${kind}:([^}]+)\\}`, "g"))].map(([, name = ""]) => name),
  ),
];

/** Delivery of logs knows no narrower resource. */
const DELIVER_LOGS: Statement = {
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
  resources: ["*"],
};

const TRACE: Statement = {
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
  resources: ["*"],
};

/** A distributed map runs its items as executions of the machine itself, reads them from a file and writes the results to files. */
const mapStatements = (name: string, { storage }: Parts): Statement[] => [
  { actions: ["states:StartExecution"], resources: [machineArn(name)] },
  {
    actions: ["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"],
    resources: [
      executionArns(name),
      machineArn(name).apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}/*`),
    ],
  },
  {
    actions: ["s3:GetObject", "s3:PutObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
    resources: [$interpolate`${storage.files.arn}/workflows/*`],
  },
  { actions: ["s3:ListBucket"], resources: [storage.files.arn] },
];

/** What the definition does, and nothing more. */
const statementsOf = (name: string, { definition }: MachineTraits, parts: Parts): Statement[] => {
  const machines = referred(definition, "machine");
  return [
    {
      actions: ["lambda:InvokeFunction"],
      resources: referred(definition, "task").map((task) => parts.tasks.get(task)?.arn ?? `no task ${task}`),
    },
    ...(machines.length === 0 ? [] : [{ actions: ["states:StartExecution"], resources: machines.map(machineArn) }]),
    ...(referred(definition, "bucket").length === 0 ? [] : mapStatements(name, parts)),
    keyUse(parts.key),
    DELIVER_LOGS,
    TRACE,
  ];
};

/** The definition with what its references stand for in this stage. */
const resolved = (definition: Definition, { tasks, storage }: Parts): $util.Output<string> => {
  const plain = JSON.parse(JSON.stringify(definition)) as Parameters<typeof substitute>[0];
  const arns = $util.output(Object.fromEntries([...tasks].map(([task, { arn }]) => [task, arn])));
  const machines = $util.output(
    Object.fromEntries(referred(definition, "machine").map((machine) => [machine, machineArn(machine)])),
  );
  return $util.all([arns, machines, storage.files.name]).apply(([task, machine, files]) =>
    JSON.stringify(
      substitute(plain, {
        task: (name) => task[name],
        machine: (name) => machine[name],
        bucket: (name) => (name === "files" ? files : undefined),
      }),
    ),
  );
};

const makeMachine = (name: string, traits: MachineTraits, parts: Parts) => {
  const logical = `Machine${pascal(name)}`;
  const tags = { service_component: traits.tags["service_component"] ?? "workflows" };
  const logs = new aws.cloudwatch.LogGroup(`${logical}Logs`, {
    name: `/aws/vendedlogs/states/${named(name)}`,
    retentionInDays: keep.logDays,
    kmsKeyId: parts.key.arn,
    tags,
  });
  const role = new aws.iam.Role(`${logical}Role`, {
    name: named(`machine-${name}`),
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "states.amazonaws.com" }),
    inlinePolicies: [
      {
        name: "definition",
        policy: aws.iam.getPolicyDocumentOutput({ statements: statementsOf(name, traits, parts) }).json,
      },
    ],
    tags,
  });
  return new aws.sfn.StateMachine(logical, {
    name: named(name),
    type: traits.type,
    roleArn: role.arn,
    definition: resolved(traits.definition, parts),
    encryptionConfiguration: {
      type: "CUSTOMER_MANAGED_KMS_KEY",
      kmsKeyId: parts.key.arn,
      kmsDataKeyReusePeriodSeconds: 300,
    },
    // Inputs and outputs stay out of the log: they may name people.
    loggingConfiguration: { level: "ALL", includeExecutionData: false, logDestination: $interpolate`${logs.arn}:*` },
    tracingConfiguration: { enabled: true },
    tags,
  });
};

/** Every state machine of the list, each with its own role, log and key. */
export const makeMachines = (parts: Parts): ReadonlyMap<string, aws.sfn.StateMachine> =>
  new Map(Object.entries<MachineTraits>(MACHINES).map(([name, traits]) => [name, makeMachine(name, traits, parts)]));
