import type { State } from "./language.ts";
import { call, caught, expression } from "./states.ts";

type States = Readonly<Record<string, State>>;

/** A map over items in a file, an execution for each, and the count of what became of them. */
interface Each {
  readonly machine: string;
  /** The state's name, and the label of its runs. */
  readonly name: string;
  /** What an item is: "tenant", "delivery", "period". */
  readonly subject: string;
  readonly maxConcurrency: number;
  readonly startAt: string;
  readonly states: States;
  /** Where it goes on when every item succeeded. */
  readonly next: string;
  /** The name of the failure when some did not. */
  readonly error: string;
}

/**
 * The states of such a map: the items stand in the file `$items`, results go to files, an item's error is its outcome, and a Choice
 * after the map decides. `$tally` holds the counts.
 */
export const eachOf = (each: Each): States => ({
  [each.name]: {
    Type: "Map",
    Label: each.name,
    MaxConcurrency: each.maxConcurrency,
    ToleratedFailurePercentage: 100,
    ItemReader: {
      Resource: "arn:aws:states:::s3:getObject",
      ReaderConfig: { InputType: "JSON" },
      Arguments: { Bucket: "${bucket:files}", Key: expression("$items") },
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
      StartAt: each.startAt,
      States: { ...each.states, Ended: { Type: "Pass", End: true } },
    },
    ResultWriter: {
      Resource: "arn:aws:states:::s3:putObject",
      Arguments: { Bucket: "${bucket:files}", Prefix: `workflows/${each.machine}/results` },
    },
    Output: expression("$states.result.ResultWriterDetails.Key"),
    Catch: [caught],
    Next: "Tally",
  },
  Tally: call(
    "tally-results",
    {
      machine: each.machine,
      execution: expression("$states.context.Execution.Id"),
      subject: each.subject,
      results: expression("$states.input"),
    },
    { Assign: { tally: expression("$states.result.Payload") }, Next: "HaveAllSucceeded" },
  ),
  HaveAllSucceeded: {
    Type: "Choice",
    Choices: [{ Condition: expression("$tally.failed = 0"), Next: each.next }],
    Default: "SomeFailed",
  },
  SomeFailed: {
    Type: "Fail",
    Comment: "The others are done; each that failed has its alert",
    Error: each.error,
    Cause: expression(
      `$string($tally.failed) & ' of ' & $string($tally.total) & ' failed: ' & $join($tally.failures.(subject & ': ' & message), '; ')`,
    ),
  },
});
