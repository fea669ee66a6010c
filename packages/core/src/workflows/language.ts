import type { Json } from "../kernel/index.ts";

/** A JSONata expression as the States Language writes it. */
export type Expression = `{% ${string} %}`;

/** Fields by name, each a value or an expression. */
type Template = Readonly<Record<string, Json>>;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: "FULL";
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Assign?: Template;
  readonly Output?: Json;
}

/** Where a state leads. */
export type Onward = { readonly Next: string } | { readonly End: true };

interface Described {
  readonly Comment?: string;
}

interface Shaping extends Described {
  readonly Assign?: Template;
  readonly Output?: Json;
}

export type TaskState = Shaping &
  Onward & {
    readonly Type: "Task";
    readonly Resource: `arn:aws:states:::${string}`;
    readonly Arguments: Template;
    readonly TimeoutSeconds: number;
    readonly HeartbeatSeconds?: number;
    readonly Retry: readonly Retrier[];
    readonly Catch: readonly Catcher[];
  };

export interface ChoiceState extends Shaping {
  readonly Type: "Choice";
  readonly Choices: readonly { readonly Condition: Expression; readonly Next: string; readonly Assign?: Template }[];
  readonly Default: string;
}

export type PassState = Shaping & Onward & { readonly Type: "Pass" };

export interface SucceedState extends Described {
  readonly Type: "Succeed";
  readonly Output?: Json;
}

export interface FailState extends Described {
  readonly Type: "Fail";
  readonly Error: string;
  readonly Cause: string;
}

/** A Map over a few items, within the execution. */
type InlineMap = Shaping &
  Onward & {
    readonly Type: "Map";
    readonly Items: Expression;
    readonly MaxConcurrency: number;
    readonly ItemSelector?: Template;
    readonly ItemProcessor: Part & { readonly ProcessorConfig: { readonly Mode: "INLINE" } };
  };

/** A Map over any number of items, an execution of its own for each: read from and written to objects. */
type DistributedMap = Shaping &
  Onward & {
    readonly Type: "Map";
    readonly Label: string;
    readonly MaxConcurrency: number;
    readonly ToleratedFailurePercentage: number;
    readonly ItemReader: {
      readonly Resource: "arn:aws:states:::s3:getObject";
      readonly ReaderConfig: { readonly InputType: "JSON" };
      readonly Arguments: { readonly Bucket: string; readonly Key: string };
    };
    readonly ItemProcessor: Part & {
      readonly ProcessorConfig: { readonly Mode: "DISTRIBUTED"; readonly ExecutionType: "STANDARD" };
    };
    readonly ResultWriter: {
      readonly Resource: "arn:aws:states:::s3:putObject";
      readonly Arguments: { readonly Bucket: string; readonly Prefix: string };
    };
    readonly Catch: readonly Catcher[];
  };

export type State = TaskState | ChoiceState | PassState | SucceedState | FailState | InlineMap | DistributedMap;

interface Part {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A state machine in the part of the Amazon States Language that ours use: JSONata throughout, a time limit on all of it. */
export interface Definition extends Part {
  readonly Comment: string;
  readonly QueryLanguage: "JSONata";
  readonly TimeoutSeconds: number;
}
