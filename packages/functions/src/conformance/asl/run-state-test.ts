import {
  findState,
  type LanguageName,
  parseMachine,
  parseState,
  type State,
} from "@commops/core/adapters/embedded/engine/definition.ts";
import type { TaskOutcome } from "@commops/core/adapters/embedded/engine/effects.ts";
import { identityOf } from "@commops/core/adapters/embedded/engine/execute.ts";
import type { JsonObject } from "@commops/core/adapters/embedded/engine/json.ts";
import { type StateTestResult, testState } from "@commops/core/adapters/embedded/engine/test-state.ts";
import { invalid, type Json } from "@commops/core/kernel";
import type { StateCase } from "./case.ts";
import { normalized, same } from "./compare.ts";
import { lambdaOf } from "./lambdas.ts";
import type { Verdict } from "./verdict.ts";

/** How a state is called that is given without a machine. */
const NAMELESS = "StateName";
const NOW = Date.UTC(2025, 0, 1);

interface Subject {
  readonly name: string;
  readonly state: State;
  readonly language: LanguageName;
}

const subjectOf = ({ definition, args }: StateCase): Subject => {
  const name = args.stateName;
  if (name === undefined) {
    const state = parseState(definition);
    return { name: NAMELESS, state, language: state.QueryLanguage ?? "JSONPath" };
  }
  const found = findState(parseMachine(definition), name);
  if (found === undefined) throw invalid("stateName", `there is no state ${name}`);
  return { name, ...found };
};

const parsed = (text: string): Json => JSON.parse(text) as Json;

const answerOf =
  ({ args: { mock }, lambdas }: StateCase, { name, state }: Subject) =>
  async (parameters: Json): Promise<TaskOutcome> => {
    if (mock?.errorOutput !== undefined)
      return { error: mock.errorOutput.error ?? null, cause: mock.errorOutput.cause ?? null };
    if (mock?.result !== undefined) return { output: parsed(mock.result) };
    const call = { key: name, state: name, resource: state.Resource ?? "", parameters, token: null, isAwaited: false };
    return lambdaOf(lambdas)(call) ?? { error: "States.Runtime", cause: "nothing answers this task" };
  };

const differing = (subject: StateCase, what: string, expected: Json | undefined, found: Json | undefined): string[] => {
  if (expected === undefined && found === undefined) return [];
  const shown = found === undefined ? undefined : normalized(found, subject);
  if (expected !== undefined && shown !== undefined && same(expected, shown, subject)) return [];
  return [`${what} is ${JSON.stringify(shown)}, not ${JSON.stringify(expected)}`];
};

const faultsOf = (subject: StateCase, result: StateTestResult): string[] => [
  ...differing(subject, "status", subject.status, result.status),
  ...differing(subject, "output", subject.expectedOutput, result.output),
  ...differing(subject, "error", subject.expectedError ?? undefined, result.error ?? undefined),
  ...differing(subject, "next state", subject.expectedNextState ?? undefined, result.next),
  ...(subject.args.inspectionLevel === "INFO"
    ? []
    : differing(subject, "inspection", subject.expectedInspectionData, result.inspection)),
];

/** Tests the recorded state alone and compares all that the API answers. */
export const runStateTest = async (subject: StateCase): Promise<Verdict> => {
  const { args } = subject;
  const tested = subjectOf(subject);
  const result = await testState({
    ...tested,
    input: subject.input,
    identity: identityOf({
      region: "us-east-1",
      account: "111111111111",
      machineName: "machine",
      executionName: "execution",
      roleArn: "arn:aws:iam::111111111111:role/r",
      type: "EXPRESS",
    }),
    variables: parsed(args.variables) as JsonObject,
    readItems: parsed(args.stateConfiguration.mapItemReaderData) as readonly Json[],
    context: args.context === undefined ? undefined : (parsed(args.context) as JsonObject),
    answer: answerOf(subject, tested),
    retries: args.stateConfiguration.retrierRetryCount,
    failedIterations: args.stateConfiguration.mapIterationFailureCount,
    now: NOW,
  });
  const hasCause = subject.status !== "SUCCEEDED";
  return {
    faults: faultsOf(subject, result),
    isCauseSame: hasCause ? same(subject.expectedCause ?? "", result.cause ?? "", subject) : undefined,
    isHistorySame: undefined,
  };
};
