import { COST_INBOX, MACHINES } from "@commops/core/workflows";
import { SCHEDULES, scheduleExpression } from "../../../packages/functions/src/schedules.ts";
import type { Evaluation, Resource } from "../evaluate/evaluation.ts";
import { faultsOf } from "../../workflows/validators.ts";
import { roleStatements, taskFunction } from "./functions.ts";
import { type Rule, at, changed, isRecord, ofType, text, without } from "./rule.ts";

const MACHINE = "aws:sfn/stateMachine:StateMachine";
const ROLE = "aws:iam/role:Role";
const SCHEDULE = "aws:scheduler/schedule:Schedule";

const definitionOf = ({ inputs }: Resource): string => text(inputs, "definition");

const machineOf = (found: Evaluation, name: string): Resource | undefined =>
  ofType(found, MACHINE).find(({ inputs }) => text(inputs, "name").endsWith(`-${found.stage}-${name}`));

const roleOf = (found: Evaluation, arn: unknown): Resource | undefined =>
  ofType(found, ROLE).find(({ state }) => state["arn"] === arn);

/** The ARNs of a kind that a definition calls. */
const called = (definition: string, kind: RegExp): Set<string> =>
  new Set([...definition.matchAll(new RegExp(`"(${kind.source})"`, "g"))].map(([, arn = ""]) => arn));

const FUNCTION_ARN = /arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+/;
const MACHINE_ARN = /arn:aws:states:[a-z0-9-]+:\d{12}:stateMachine:[\w-]+/;

const allowedFor = (role: Resource | undefined, action: string): Set<string> =>
  new Set(roleStatements(role).flatMap((one) => (one.actions.includes(action) ? one.resources : [])));

const roleFaults = (found: Evaluation, machine: Resource): string[] => {
  const role = roleOf(found, machine.inputs["roleArn"]);
  if (role === undefined) return [`${machine.name} has no role of this stage`];
  const definition = definitionOf(machine);
  const functions = called(definition, FUNCTION_ARN);
  const machines = called(definition, MACHINE_ARN);
  if (definition.includes(`"DISTRIBUTED"`)) machines.add(String(machine.state["arn"]));
  const invoked = allowedFor(role, "lambda:InvokeFunction");
  const started = allowedFor(role, "states:StartExecution");
  const lacks = (needed: Set<string>, given: Set<string>) =>
    [...needed].filter((arn) => !given.has(arn)).map((arn) => `${machine.name} calls ${arn}, which its role may not`);
  const spare = (needed: Set<string>, given: Set<string>) =>
    [...given].filter((arn) => !needed.has(arn)).map((arn) => `${machine.name} never calls ${arn}, which its role may`);
  return [
    ...lacks(functions, invoked),
    ...lacks(machines, started),
    ...spare(functions, invoked),
    ...spare(machines, started),
  ];
};

/** The policies of a role with one action for another; a policy is text within JSON. */
const renamed = (inputs: Resource["inputs"], from: string, to: string): unknown =>
  JSON.parse(JSON.stringify(inputs["inlinePolicies"]).replaceAll(from, to));

export const machineRules: readonly Rule[] = [
  {
    name: "every machine of the list is there once, with a role of its own",
    check: (found) => {
      const roles = ofType(found, MACHINE).map(({ inputs }) => inputs["roleArn"]);
      return [
        ...Object.keys(MACHINES)
          .filter((name) => machineOf(found, name) === undefined)
          .map((name) => `${name} is not there`),
        ...(new Set(roles).size === Object.keys(MACHINES).length ? [] : ["machines share roles, or there are others"]),
      ];
    },
    breaks: {
      "one is missing": without(MACHINE),
      "one role for two": (found) => {
        const roleArn = ofType(found, MACHINE)[1]?.inputs["roleArn"];
        return changed(MACHINE, (inputs) => ({ ...inputs, roleArn }))(found);
      },
    },
  },
  {
    name: "definitions are valid by two validators as they are deployed, and nothing in them is left to be resolved",
    check: async (found) => {
      const faults: string[] = [];
      for (const machine of ofType(found, MACHINE)) {
        const definition = definitionOf(machine);
        if (definition.includes("${")) faults.push(`${machine.name} has a reference that nothing stands for`);
        const parsed = JSON.parse(definition) as Parameters<typeof faultsOf>[0];
        faults.push(...(await faultsOf(parsed)).map((fault) => `${machine.name}: ${fault}`));
      }
      return faults;
    },
    breaks: {
      "a state that leads nowhere": changed(MACHINE, (inputs) => ({
        ...inputs,
        definition: text(inputs, "definition").replace(/"Next":"\w+"/, `"Next":"Nowhere"`),
      })),
      "a reference": changed(MACHINE, (inputs) => ({
        ...inputs,
        definition: text(inputs, "definition").replace(FUNCTION_ARN, "${task:claim-run}"),
      })),
    },
  },
  {
    name: "a machine's role may do what its definition does, and nothing else",
    check: (found) => ofType(found, MACHINE).flatMap((machine) => roleFaults(found, machine)),
    breaks: {
      "it may call nothing": changed(
        ROLE,
        (inputs) => ({ ...inputs, inlinePolicies: renamed(inputs, "lambda:InvokeFunction", "lambda:Nothing") }),
        "MachineInvoicingRole",
      ),
      "it may call more": changed(
        ROLE,
        (inputs) => ({
          ...inputs,
          inlinePolicies: [
            {
              policy: JSON.stringify({
                Statement: { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: "arn:aws:lambda:x" },
              }),
            },
            ...(Array.isArray(inputs["inlinePolicies"]) ? (inputs["inlinePolicies"] as unknown[]) : []),
          ],
        }),
        "MachineInvoicingRole",
      ),
    },
  },
  {
    name: "executions are logged without what they carry, traced, and kept under our key",
    check: (found) =>
      ofType(found, MACHINE)
        .filter(
          ({ inputs }) =>
            at(inputs, "loggingConfiguration", "level") !== "ALL" ||
            at(inputs, "loggingConfiguration", "includeExecutionData") !== false ||
            at(inputs, "tracingConfiguration", "enabled") !== true ||
            at(inputs, "encryptionConfiguration", "type") !== "CUSTOMER_MANAGED_KMS_KEY",
        )
        .map(({ name }) => `${name} is not`),
    breaks: {
      "inputs in the log": changed(MACHINE, (inputs) => ({
        ...inputs,
        loggingConfiguration: { level: "ALL", includeExecutionData: true },
      })),
      "the key of AWS": changed(MACHINE, (inputs) => ({ ...inputs, encryptionConfiguration: undefined })),
    },
  },
];

const scheduleFaults = (found: Evaluation): string[] =>
  SCHEDULES.flatMap(({ name, due, starts }) => {
    const made = ofType(found, SCHEDULE).filter(({ inputs }) =>
      text(inputs, "name").endsWith(`-${found.stage}-${name}`),
    );
    const target = "machine" in starts ? machineOf(found, starts.machine) : taskFunction(found, starts.task)[0];
    if (made.length !== 1 || made[0] === undefined || target === undefined)
      return [`schedule ${name} is there ${made.length} times`];
    const { inputs } = made[0];
    const role = roleOf(found, at(inputs, "target", "roleArn"));
    const start = "machine" in starts ? "states:StartExecution" : "lambda:InvokeFunction";
    const may = [...allowedFor(role, start)];
    const input: unknown = JSON.parse(String(at(inputs, "target", "input")));
    return [
      ...(inputs["scheduleExpression"] === scheduleExpression(due) ? [] : [`schedule ${name} runs at another time`]),
      ...(at(inputs, "target", "arn") === target.state["arn"] ? [] : [`schedule ${name} starts something else`]),
      ...(may.length === 1 && may[0] === target.state["arn"]
        ? []
        : [`schedule ${name} may start ${may.join(", ") || "nothing"}`]),
      ...(isRecord(input) && "scheduled_for" in input ? [] : [`schedule ${name} does not say for when it starts`]),
      ...(at(inputs, "target", "deadLetterConfig", "arn") === undefined
        ? [`schedule ${name} loses what it cannot start`]
        : []),
    ];
  });

export const scheduleRules: readonly Rule[] = [
  {
    name: "everything that runs by the clock is scheduled, once, at its time, by a role that may start just that",
    check: (found) => [
      ...scheduleFaults(found),
      ...(ofType(found, SCHEDULE).length === SCHEDULES.length ? [] : ["there are schedules that are not in the list"]),
    ],
    breaks: {
      "one is missing": without(SCHEDULE),
      "another time": changed(SCHEDULE, (inputs) => ({ ...inputs, scheduleExpression: "rate(7 days)" })),
      "no dead letters": changed(SCHEDULE, (inputs) => ({
        ...inputs,
        target: { ...(isRecord(inputs["target"]) ? inputs["target"] : {}), deadLetterConfig: undefined },
      })),
    },
  },
  {
    name: "a delivery of cost is copied to where ingestion looks for it, and starts it when its manifest is there",
    check: (found) => {
      const bucket = (name: string): Resource | undefined =>
        ofType(found, "aws:s3/bucket:Bucket").find((one) => one.name === name);
      const arrives = ofType(found, "aws:s3/bucketReplicationConfig:BucketReplicationConfig").some(
        ({ inputs }) =>
          inputs["bucket"] === bucket("CurBucket")?.inputs["bucket"] &&
          at(inputs, "rules", 0, "filter", "prefix") === COST_INBOX &&
          at(inputs, "rules", 0, "destination", "bucket") === bucket("FilesBucket")?.state["arn"],
      );
      const tells = ofType(found, "aws:s3/bucketNotification:BucketNotification").some(
        ({ inputs }) => inputs["eventbridge"] === true && inputs["bucket"] === bucket("FilesBucket")?.inputs["bucket"],
      );
      const [rule] = ofType(found, "aws:cloudwatch/eventRule:EventRule");
      const [target] = ofType(found, "aws:cloudwatch/eventTarget:EventTarget");
      const starts = at(target?.inputs, "arn") === machineOf(found, "cur-ingestion")?.state["arn"];
      const heard = text(rule?.inputs ?? {}, "eventPattern").includes(`${COST_INBOX}*anifest.json`);
      return arrives && tells && heard && starts ? [] : ["nothing brings a delivery to its ingestion"];
    },
    breaks: {
      "no events": without("aws:s3/bucketNotification:BucketNotification"),
      "no copying": without("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "CurReplication"),
      "every file": changed("aws:cloudwatch/eventRule:EventRule", (inputs) => ({ ...inputs, eventPattern: "{}" })),
    },
  },
];
