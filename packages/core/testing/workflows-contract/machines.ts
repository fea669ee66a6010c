import type { Json } from "../../src/kernel/index.ts";

/** Does a task's work; what it throws fails the task under the error's name. */
export type TaskFunction = (input: Json) => Json | Promise<Json>;

/** Machines by name, with `${task:NAME}` for what the functions do. */
export interface WorkflowsSetting {
  readonly machines: Readonly<Record<string, object>>;
  readonly tasks: Readonly<Record<string, TaskFunction>>;
}

/** Tokens of the tasks that ask, by their question. */
export const ASKED = new Map<string, string>();

class NamedError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** What the machines of the contract give their tasks. */
interface TaskInput {
  readonly amount?: number;
  readonly note?: string;
  readonly reason?: string;
  readonly question?: string;
  readonly token?: string;
  readonly fails?: boolean;
  readonly first?: number;
}

const fieldsOf = (input: Json): TaskInput => input as TaskInput;

const ask = (more: object): object => ({
  QueryLanguage: "JSONata",
  StartAt: "Ask",
  States: {
    Ask: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
      Arguments: {
        FunctionName: "${task:ask}",
        Payload: { question: "{% $states.input.question %}", token: "{% $states.context.Task.Token %}" },
      },
      TimeoutSeconds: 600,
      ...more,
      End: true,
    },
  },
});

const twoSteps = {
  StartAt: "First",
  States: {
    First: { Type: "Task", Resource: "${task:first}", TimeoutSeconds: 60, ResultPath: "$.first", Next: "Second" },
    Second: { Type: "Task", Resource: "${task:second}", TimeoutSeconds: 60, End: true },
  },
};

const MACHINES = {
  doubling: {
    QueryLanguage: "JSONata",
    StartAt: "Double",
    States: {
      Double: {
        Type: "Task",
        Resource: "${task:double}",
        Arguments: "{% $states.input %}",
        TimeoutSeconds: 60,
        End: true,
      },
    },
  },
  failing: {
    StartAt: "Draw",
    States: { Draw: { Type: "Task", Resource: "${task:draw}", TimeoutSeconds: 60, End: true } },
  },
  listed: {
    StartAt: "Which",
    States: {
      Which: {
        Type: "Choice",
        Choices: [{ Variable: "$.fails", BooleanEquals: true, Next: "No" }],
        Default: "Yes",
      },
      No: { Type: "Fail", Error: "Listed", Cause: "as asked" },
      Yes: { Type: "Succeed" },
    },
  },
  mapped: {
    QueryLanguage: "JSONata",
    StartAt: "Each",
    States: {
      Each: {
        Type: "Map",
        Label: "EachOne",
        Items: "{% $states.input.items %}",
        ToleratedFailurePercentage: 100,
        MaxConcurrency: 2,
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
          StartAt: "Which",
          States: {
            Which: {
              Type: "Choice",
              Choices: [{ Condition: "{% $states.input.fails %}", Next: "No" }],
              Default: "Yes",
            },
            No: { Type: "Fail", Error: "Mapped", Cause: "as asked" },
            Yes: { Type: "Succeed", Output: "{% $states.input.item %}" },
          },
        },
        End: true,
      },
    },
  },
  idle: { StartAt: "Done", States: { Done: { Type: "Succeed" } } },
  asking: ask({}),
  impatient: ask({ HeartbeatSeconds: 1 }),
  "two-steps": twoSteps,
};

/** Fresh tasks: `first` counts how often it was done, `second` fails once where the input says so. */
export const contractSetting = (): WorkflowsSetting => {
  let firsts = 0;
  let hasFailed = false;
  const tasks: Record<string, TaskFunction> = {
    double: (input) => {
      const { amount = 0, note = null } = fieldsOf(input);
      return { doubled: amount * 2, note };
    },
    draw: (input) => {
      throw new NamedError("WellDry", fieldsOf(input).reason ?? "");
    },
    ask: (input) => {
      const { question = "", token = "" } = fieldsOf(input);
      ASKED.set(question, token);
      return { isAsked: true };
    },
    first: (input) => {
      if (fieldsOf(input).fails !== true) return 0;
      firsts += 1;
      return firsts;
    },
    second: (input) => {
      const { fails = false, first = null } = fieldsOf(input);
      if (fails && !hasFailed) {
        hasFailed = true;
        throw new NamedError("NotYet", "the second time it will do");
      }
      return { first, second: 2 };
    },
  };
  return { machines: MACHINES, tasks };
};
