import { randomUUID } from "node:crypto";
import type { Json } from "../../src/kernel/index.ts";
import type { TaskFunction } from "../workflows-contract/machines.ts";
import {
  ACCOUNT,
  type KeptExecution,
  openRun,
  redriveRun,
  runInBackground,
  stopRun,
  type Tokens,
} from "./step-functions-runs.ts";

export const MOST_BYTES = 262_144;

/** An exception of the service. */
export class ServiceError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** The input of any of its operations, once the model has taken it. */
export interface Input {
  readonly stateMachineArn: string;
  readonly mapRunArn?: string;
  readonly executionArn: string;
  readonly name?: string;
  readonly input?: string;
  readonly output: string;
  readonly taskToken: string;
  readonly error?: string;
  readonly cause?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly reverseOrder?: boolean;
  readonly statusFilter?: string;
}

/** What the service holds. */
export interface Holding {
  /** Definitions by the ARN of their machine. */
  readonly definitions: ReadonlyMap<string, string>;
  readonly executions: Map<string, KeptExecution>;
  readonly tokens: Tokens;
  readonly tasks: Readonly<Record<string, TaskFunction>>;
}

type Operation = (held: Holding, input: Input) => object;

const seconds = (at: number): number => at / 1000;

const pageOf = <T>(rows: readonly T[], { maxResults = 0, nextToken }: Input) => {
  const at = nextToken === undefined ? 0 : Number(/^page-(\d+)$/.exec(nextToken)?.[1] ?? Number.NaN);
  if (Number.isNaN(at)) throw new ServiceError("InvalidToken", "Invalid Token: 'Invalid token'");
  const end = at + (maxResults === 0 ? 100 : maxResults);
  return { rows: rows.slice(at, end), ...(end < rows.length ? { nextToken: `page-${end}` } : {}) };
};

/** Where the details of an event stand, by its type. */
const detailsField = (type: string): string => {
  const name = type.replace(/^[A-Z][a-z]+State(Entered|Exited)$/, "State$1");
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}EventDetails`;
};

const eventShown = ({ id, type, at, state, details }: KeptExecution["events"][number]): object => {
  const texts = Object.entries(details).map(([name, value]): [string, Json | undefined] => [
    name,
    ["input", "output", "parameters"].includes(name) ? JSON.stringify(value) : value,
  ]);
  const isOfState = /State(Entered|Exited)$/.test(type);
  const shown: Record<string, Json | undefined> = Object.fromEntries(texts);
  if (isOfState) shown.name = state;
  return {
    id,
    previousEventId: id - 1,
    type,
    timestamp: seconds(at),
    ...(Object.keys(shown).length === 0 ? {} : { [detailsField(type)]: shown }),
  };
};

const summary = (found: KeptExecution): object => ({
  executionArn: found.arn,
  stateMachineArn: found.machineArn,
  name: found.name,
  status: found.status,
  startDate: seconds(found.startedAt),
  ...(found.stoppedAt === undefined ? {} : { stopDate: seconds(found.stoppedAt) }),
  redriveCount: found.redrives,
  ...(found.redrivenAt === undefined ? {} : { redriveDate: seconds(found.redrivenAt) }),
});

const definitionOf = ({ definitions }: Holding, arn: string): string => {
  if (!/^arn:aws:states:[\w-]+:\d{12}:stateMachine:[\w-]+$/.test(arn))
    throw new ServiceError("InvalidArn", `Invalid Arn: '${arn}'`);
  const found = definitions.get(arn);
  if (found === undefined) throw new ServiceError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
  return found;
};

const childrenOf = (execution: KeptExecution): KeptExecution[] => [...execution.children.values()].flat();

const executionOf = ({ executions }: Holding, { executionArn }: Input): KeptExecution => {
  if (!/^arn:aws:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/.test(executionArn))
    throw new ServiceError("InvalidArn", `Invalid Arn: '${executionArn}'`);
  const found =
    executions.get(executionArn) ??
    [...executions.values()].flatMap(childrenOf).find(({ arn }) => arn === executionArn);
  if (found === undefined)
    throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${executionArn}'`);
  return found;
};

const openToken = ({ tokens }: Holding, { taskToken }: Input) => {
  const found = tokens.get(taskToken);
  if (found === undefined) throw new ServiceError("InvalidToken", "Invalid Token: 'Invalid token'");
  if (!found.isOpen) throw new ServiceError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
  return found;
};

/** What AWS refuses in a name: blanks, brackets, wildcards, special and control characters. */
const BAD_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001F\u007F-\u009F]/;

const startExecution: Operation = (held, { stateMachineArn, name = randomUUID(), input = "{}" }) => {
  const definition = definitionOf(held, stateMachineArn);
  if (BAD_NAME.test(name)) throw new ServiceError("InvalidName", `Invalid Name: '${name}'`);
  if (Buffer.byteLength(input) > MOST_BYTES)
    throw new ServiceError("InvalidExecutionInput", "The input exceeds the maximum number of bytes service limit.");
  const arn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
  const there = held.executions.get(arn);
  if (there !== undefined && (there.status !== "RUNNING" || there.input !== input))
    throw new ServiceError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
  if (there !== undefined) return { executionArn: arn, startDate: seconds(there.startedAt) };
  const execution = openRun({ arn, machineArn: stateMachineArn, name, input, definition });
  held.executions.set(arn, execution);
  runInBackground(execution, held.tasks, held.tokens);
  return { executionArn: arn, startDate: seconds(execution.startedAt) };
};

const describeExecution: Operation = (held, input) => {
  const found = executionOf(held, input);
  const { output, error, cause } = found;
  const ending = Object.entries({ output, error, cause }).filter(([, value]) => value !== undefined);
  return { ...summary(found), input: found.input, ...Object.fromEntries(ending) };
};

/** The run of a Map; the service names it by the Map's machine and a UUID, here by the first. */
const mapRunArn = (labelled: string): string =>
  `${labelled.replace(":stateMachine:", ":mapRun:")}:00000000-0000-4000-8000-000000000000`;

const listMapRuns: Operation = (held, input) => {
  const { arn, children, startedAt } = executionOf(held, input);
  const runs = [...children.values()].flatMap(([first]) => first ?? []);
  return {
    mapRuns: runs.map(({ machineArn }) => ({
      executionArn: arn,
      mapRunArn: mapRunArn(machineArn),
      stateMachineArn: machineArn,
      startDate: seconds(startedAt),
    })),
  };
};

const describeStateMachineForExecution: Operation = (held, input) => {
  const { machineArn, definition, startedAt } = executionOf(held, input);
  const [name = "", label] = (machineArn.split(":").at(-1) ?? "").split("/");
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const machine = { stateMachineArn: machineArn.replace(/\/.*$/, ""), name, definition, roleArn };
  const ofMap = label === undefined ? {} : { label, mapRunArn: mapRunArn(machineArn) };
  return { ...machine, ...ofMap, updateDate: seconds(startedAt) };
};

const getExecutionHistory: Operation = (held, input) => {
  const { events } = executionOf(held, input);
  const { rows, ...next } = pageOf(input.reverseOrder === true ? events.toReversed() : events, input);
  return { events: rows.map(eventShown), ...next };
};

const listExecutions: Operation = (held, input) => {
  const isOfMap = input.mapRunArn !== undefined;
  if (!isOfMap) definitionOf(held, input.stateMachineArn);
  const all = [...held.executions.values()];
  const matching = (isOfMap ? all.flatMap(childrenOf) : all)
    .filter(
      ({ machineArn }) => (isOfMap ? mapRunArn(machineArn) : machineArn) === (input.mapRunArn ?? input.stateMachineArn),
    )
    .filter(({ status }) => input.statusFilter === undefined || status === input.statusFilter)
    .toReversed();
  const { rows, ...next } = pageOf(matching, input);
  return { executions: rows.map(summary), ...next };
};

const sendTaskSuccess: Operation = (held, input) => {
  if (Buffer.byteLength(input.output) > MOST_BYTES) throw new ServiceError("InvalidOutput", "Invalid Output");
  const output = JSON.parse(input.output) as Json;
  const token = openToken(held, input);
  token.isOpen = false;
  token.answer({ output });
  return {};
};

const sendTaskFailure: Operation = (held, input) => {
  const token = openToken(held, input);
  token.isOpen = false;
  token.answer({ error: input.error ?? null, cause: input.cause ?? null });
  return {};
};

const stopExecution: Operation = (held, input) => {
  const found = executionOf(held, input);
  if (found.status === "RUNNING") stopRun(found, { error: input.error, cause: input.cause });
  return { stopDate: seconds(found.stoppedAt ?? Date.now()) };
};

const redriveExecution: Operation = (held, input) => {
  const found = executionOf(held, input);
  if (found.status === "RUNNING" || found.status === "SUCCEEDED")
    throw new ServiceError("ExecutionNotRedrivable", `Execution is ${found.status} and cannot be redriven`);
  return { redriveDate: seconds(redriveRun(found, held.tasks, held.tokens)) };
};

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  StartExecution: startExecution,
  DescribeExecution: describeExecution,
  DescribeStateMachineForExecution: describeStateMachineForExecution,
  GetExecutionHistory: getExecutionHistory,
  ListExecutions: listExecutions,
  ListMapRuns: listMapRuns,
  SendTaskSuccess: sendTaskSuccess,
  SendTaskFailure: sendTaskFailure,
  SendTaskHeartbeat: (held, input) => {
    openToken(held, input).heard(Date.now());
    return {};
  },
  StopExecution: stopExecution,
  RedriveExecution: redriveExecution,
};
