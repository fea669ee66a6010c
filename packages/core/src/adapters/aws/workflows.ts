import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { canonicalJson, exists, invalid, type Json, missing, precondition, Problem } from "../../kernel/index.ts";
import { EXECUTION_STATUSES, type ExecutionStatus, type ExecutionSummary, type Workflows } from "../../ports/index.ts";
import { itemProcessorOf } from "../../workflows/index.ts";
import { historyPage } from "./history.ts";
import { childrenPage } from "./map-children.ts";
import { awsProblem, refusalOf } from "./refusal.ts";

const NAME = /^[\w.-]{1,80}$/;
const MOST_BYTES = 256 * 1024;
/** Limits of the service for what is sent along with a failure; longer texts are cut. */
const MOST_ERROR = 256;
const MOST_CAUSE = 32_768;

const cut = ({ error, cause }: { readonly error: string; readonly cause: string }) => ({
  error: error.slice(0, MOST_ERROR),
  cause: cause.slice(0, MOST_CAUSE),
});

type Ask<T> = () => Promise<T>;

/** A request about an execution. */
const aboutExecution = async <T>(executionArn: string, what: string, ask: Ask<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    const { name, message } = refusalOf(error);
    if (/^(ExecutionDoesNotExist|InvalidArn|ValidationException)$/.test(name)) throw missing("execution", executionArn);
    if (name === "ExecutionNotRedrivable")
      throw precondition(`execution ${executionArn} cannot be redriven: ${message}. Only one that failed can.`);
    throw awsProblem(error, `Step Functions: ${what} ${executionArn}`);
  }
};

/** A request about a machine; `token` is that of a page. */
const aboutMachine = async <T>(machine: string, what: string, ask: Ask<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    const { name, message } = refusalOf(error);
    if (name === "StateMachineDoesNotExist") throw missing("machine", machine);
    if (name === "ExecutionAlreadyExists")
      throw exists(`an execution of ${machine} with this name is there already, with other input or ended. ${message}`);
    if (name === "InvalidToken") throw invalid("token", "is no page token. Leave it out to begin at the start.");
    if (/^(InvalidName|InvalidExecutionInput|ValidationException)$/.test(name)) throw invalid(machine, message);
    throw awsProblem(error, `Step Functions: ${what} ${machine}`);
  }
};

/** An answer to a token. The token itself is a secret: no message has it. */
const aboutToken = async (what: string, ask: Ask<unknown>): Promise<void> => {
  try {
    await ask();
  } catch (error) {
    const { name } = refusalOf(error);
    if (name === "TaskTimedOut" || name === "TaskDoesNotExist")
      throw new Problem(
        "precondition",
        "TASK_TIMED_OUT",
        "the task has ended: it was answered before, its time is over, or its execution was stopped.",
      );
    if (name === "InvalidToken" || name === "ValidationException")
      throw new Problem("invalid", "INVALID_TOKEN", "task token: is none that Step Functions gave out.");
    if (name === "InvalidOutput") throw invalid("output", "is no JSON, or larger than 256 KiB");
    throw awsProblem(error, `Step Functions: ${what}`);
  }
};

/** JSON text of at most 256 KiB; members in one order, so that the same input is the same text. */
const textOf = (field: string, value: Json): string => {
  const text = canonicalJson(value);
  if (Buffer.byteLength(text) > MOST_BYTES)
    throw invalid(field, "is larger than 256 KiB; pass large data by reference");
  return text;
};

const isStatus = (status: string | undefined): status is ExecutionStatus =>
  EXECUTION_STATUSES.some((known) => known === status);

/** A redrive that waits for its turn counts as running. */
const statusOf = (status: string | undefined): ExecutionStatus => (isStatus(status) ? status : "RUNNING");

const summaryOf = (machine: string, found: Partial<ExecutionListItem>): ExecutionSummary => ({
  executionArn: found.executionArn ?? "",
  machine,
  name: found.name ?? "",
  status: statusOf(found.status),
  startedAt: found.startDate ?? new Date(0),
  stoppedAt: found.stopDate,
  redriveCount: found.redriveCount ?? 0,
});

const jsonOf = (text: string | undefined): Json | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as Json);

/** The ARN of the machine that an execution is of; the executions that a distributed Map makes have the map's label after a slash. */
const machineArnOf = (executionArn: string): string =>
  executionArn.replace(/^(arn:[^:]+:states:[^:]+:[^:]+):execution:([^:/]+)(?:\/[^:]+)?:[^:]+$/, "$1:stateMachine:$2");

/** Machines by name and by ARN. An execution of any other machine of the account is none of ours. */
const directory = (machines: Readonly<Record<string, string>>) => {
  const names = new Map(Object.entries(machines).map(([name, arn]) => [arn, name]));
  return {
    arnOf: (machine: string): string => {
      const arn = Object.hasOwn(machines, machine) ? machines[machine] : undefined;
      if (arn === undefined) throw missing("machine", machine);
      return arn;
    },
    machineOf: (executionArn: string): string => {
      const name = names.get(machineArnOf(executionArn));
      if (name === undefined) throw missing("execution", executionArn);
      return name;
    },
  };
};

type Machines = ReturnType<typeof directory>;

const starting = (client: SFNClient, { arnOf }: Machines): Pick<Workflows, "start" | "list"> => ({
  start: async ({ machine, name, input }) => {
    const stateMachineArn = arnOf(machine);
    if (!NAME.test(name))
      throw invalid("name", `${JSON.stringify(name)} is no name: 1 to 80 letters, digits, "-", "_" or "."`);
    const text = textOf("input", input);
    const started = await aboutMachine(machine, "start", () =>
      client.send(new StartExecutionCommand({ stateMachineArn, name, input: text })),
    );
    return { executionArn: started.executionArn ?? "", startedAt: started.startDate ?? new Date(0) };
  },
  list: async ({ machine, status, size, token }) => {
    const stateMachineArn = arnOf(machine);
    const request = { stateMachineArn, statusFilter: status, maxResults: size, nextToken: token };
    const page = await aboutMachine(machine, "list", () => client.send(new ListExecutionsCommand(request)));
    return { rows: (page.executions ?? []).map((found) => summaryOf(machine, found)), nextToken: page.nextToken };
  },
});

const reading = (client: SFNClient, { machineOf }: Machines): Pick<Workflows, "describe" | "history" | "children"> => ({
  describe: (executionArn) =>
    aboutExecution(executionArn, "describe", async () => {
      const name = machineOf(executionArn);
      const [found, machine] = await Promise.all([
        client.send(new DescribeExecutionCommand({ executionArn })),
        client.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
      ]);
      const definition = jsonOf(machine.definition) ?? {};
      return {
        ...summaryOf(name, found),
        input: jsonOf(found.input) ?? {},
        output: jsonOf(found.output),
        error: found.error,
        cause: found.cause,
        definition: machine.label === undefined ? definition : itemProcessorOf(definition, machine.label),
      };
    }),
  history: (executionArn, page) =>
    aboutExecution(executionArn, "history of", async () => {
      machineOf(executionArn);
      return historyPage(client, executionArn, page);
    }),
  children: (executionArn, page) =>
    aboutExecution(executionArn, "children of", async () => {
      const machine = machineOf(executionArn);
      const { rows, nextToken } = await childrenPage(client, executionArn, page);
      return { rows: rows.map((found) => summaryOf(machine, found)), nextToken };
    }),
});

const answering = (client: SFNClient): Pick<Workflows, "succeed" | "fail" | "heartbeat"> => ({
  succeed: async (taskToken, output) => {
    const text = textOf("output", output);
    await aboutToken("succeed", () => client.send(new SendTaskSuccessCommand({ taskToken, output: text })));
  },
  fail: (taskToken, failure) =>
    aboutToken("fail", () => client.send(new SendTaskFailureCommand({ taskToken, ...cut(failure) }))),
  heartbeat: (taskToken) => aboutToken("heartbeat", () => client.send(new SendTaskHeartbeatCommand({ taskToken }))),
});

const ending = (
  client: SFNClient,
  { machineOf }: Machines,
): Pick<Workflows, "stop" | "redrive" | "removeJournals"> => ({
  // An execution can be redriven for 14 days, and its history is kept for 90: the service's own quotas.
  removeJournals: async () => ({ executions: 0 }),
  stop: (executionArn, reason) =>
    aboutExecution(executionArn, "stop", async () => {
      machineOf(executionArn);
      const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, ...cut(reason) }));
      return { stoppedAt: stopDate ?? new Date(0) };
    }),
  redrive: (executionArn) =>
    aboutExecution(executionArn, "redrive", async () => {
      machineOf(executionArn);
      const { redriveDate } = await client.send(new RedriveExecutionCommand({ executionArn }));
      return { redrivenAt: redriveDate ?? new Date(0) };
    }),
});

/** AWS Step Functions. `machines` gives the ARN of each machine that core/workflows names. */
export const openWorkflows = (client: SFNClient, machines: Readonly<Record<string, string>>): Workflows => {
  const known = directory(machines);
  return {
    ...starting(client, known),
    ...reading(client, known),
    ...answering(client),
    ...ending(client, known),
  };
};
