import { COST_INBOX } from "@commops/core/workflows";
import { type Schedule, SCHEDULES, scheduleExpression } from "../packages/functions/src/schedules.ts";
import { type Key, keyUse } from "./keys.ts";
import type { Statement } from "./permissions.ts";
import { makeDeadLetters } from "./queue.ts";
import { named, pascal } from "./stage.ts";
import type { Storage } from "./storage.ts";

interface Parts {
  readonly key: Key;
  readonly storage: Storage;
  readonly tasks: ReadonlyMap<string, sst.aws.Function>;
  readonly machines: ReadonlyMap<string, aws.sfn.StateMachine>;
}

type Target = { readonly arn: $util.Output<string>; readonly start: string };

const targetOf = ({ name, starts }: Schedule, { tasks, machines }: Parts): Target => {
  const target =
    "machine" in starts
      ? { arn: machines.get(starts.machine)?.arn, start: "states:StartExecution" }
      : { arn: tasks.get(starts.task)?.arn, start: "lambda:InvokeFunction" };
  if (target.arn === undefined) throw new Error(`schedule ${name} starts what there is not`);
  return { arn: target.arn, start: target.start };
};

/** A role that one service assumes, for this account only, to start one thing. */
const starter = (logical: string, physical: string, service: string, statements: Statement[]) => {
  const { accountId } = aws.getCallerIdentityOutput();
  return new aws.iam.Role(`${logical}Role`, {
    name: named(physical),
    assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ["sts:AssumeRole"],
          principals: [{ type: "Service", identifiers: [service] }],
          conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }],
        },
      ],
    }).json,
    inlinePolicies: [{ name: "start", policy: aws.iam.getPolicyDocumentOutput({ statements }).json }],
  });
};

const RETRY = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 };

/** Everything that runs by the clock, each with a role that may start just that. A start that fails for an hour is kept as a dead letter. */
export const makeSchedules = (parts: Parts) => {
  const dead = makeDeadLetters("ScheduleDeadLetters", "schedules-dead", parts.key);
  const group = new aws.scheduler.ScheduleGroup("ScheduleGroup", { name: named("schedules") });
  for (const schedule of SCHEDULES) {
    const logical = `Schedule${pascal(schedule.name)}`;
    const target = targetOf(schedule, parts);
    const role = starter(logical, `schedule-${schedule.name}`, "scheduler.amazonaws.com", [
      { actions: [target.start], resources: [target.arn] },
      { actions: ["sqs:SendMessage"], resources: [dead.arn] },
      keyUse(parts.key),
    ]);
    new aws.scheduler.Schedule(logical, {
      name: named(schedule.name),
      groupName: group.name,
      scheduleExpression: scheduleExpression(schedule.due),
      scheduleExpressionTimezone: "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      kmsKeyArn: parts.key.arn,
      target: {
        arn: target.arn,
        roleArn: role.arn,
        input: JSON.stringify({ ...schedule.starts.input, scheduled_for: "<aws.scheduler.scheduled-time>" }),
        retryPolicy: RETRY,
        deadLetterConfig: { arn: dead.arn },
      },
    });
  }
  startOnDelivery(parts);
  return { dead };
};

/** A manifest is the last file of a delivery: when it has arrived among the files, ingestion starts. An event that is lost is made up by the next day's run. */
const startOnDelivery = ({ key, storage, machines }: Parts): void => {
  const machine = machines.get("cur-ingestion");
  if (machine === undefined) throw new Error("there is no machine cur-ingestion to start on a delivery");
  const role = starter("CurDelivered", "cur-delivered", "events.amazonaws.com", [
    { actions: ["states:StartExecution"], resources: [machine.arn] },
    keyUse(key),
  ]);
  const rule = new aws.cloudwatch.EventRule("CurDelivered", {
    name: named("cur-delivered"),
    description: "A cost delivery is complete",
    eventPattern: $util.jsonStringify({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: [storage.files.name] },
        object: { key: [{ wildcard: `${COST_INBOX}*anifest.json` }] },
      },
    }),
  });
  new aws.cloudwatch.EventTarget("CurDeliveredTarget", {
    rule: rule.name,
    arn: machine.arn,
    roleArn: role.arn,
    input: JSON.stringify({}),
    retryPolicy: RETRY,
  });
};
