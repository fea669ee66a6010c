import { describe, expect, it } from "vitest";
import type { Json } from "../kernel/index.ts";
import { definitionFaults } from "./faults.ts";

type Fields = Readonly<Record<string, Json>>;

const RETRY = { ErrorEquals: ["Transient"], JitterStrategy: "FULL" };
const SOUND: Fields = {
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: "${task:claim-run}" },
  TimeoutSeconds: 60,
  Retry: [RETRY],
  Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }],
  End: true,
};
const FAILED: Fields = { Type: "Fail", Error: "E", Cause: "C" };

const machineOf = (state: Fields, more: Fields = {}): Json => ({
  QueryLanguage: "JSONata",
  TimeoutSeconds: 600,
  StartAt: "Only",
  States: { Only: state, Failed: FAILED },
  ...more,
});
const reasons = (definition: Json, type: "STANDARD" | "EXPRESS" = "STANDARD"): string[] =>
  definitionFaults(definition, type).map(({ path, reason }) => `${path}: ${reason}`);

const callback = (change: Fields = {}): Fields => ({
  ...SOUND,
  Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
  Arguments: { FunctionName: "${task:request-approval}", Payload: { token: "{% $states.context.Task.Token %}" } },
  ...change,
});
const mapOf = (inner: Fields, change: Fields = {}): Fields => ({
  Type: "Map",
  MaxConcurrency: 2,
  ItemReader: {},
  ResultWriter: {},
  ItemProcessor: {
    ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
    StartAt: "Inner",
    States: { Inner: inner, Failed: FAILED },
  },
  Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }],
  End: true,
  ...change,
});

it("a sound definition has no fault, with a token and within a map too", () => {
  for (const state of [SOUND, callback(), mapOf(SOUND)]) expect(reasons(machineOf(state))).toEqual([]);
});

const BROKEN: readonly (readonly [string, Json, RegExp])[] = [
  [
    "a heartbeat as long as the timeout",
    machineOf({ ...SOUND, HeartbeatSeconds: 60 }),
    /^States\.Only: HeartbeatSeconds/,
  ],
  [
    "States.ALL before another rule",
    machineOf({
      ...SOUND,
      Catch: [
        { ErrorEquals: ["States.ALL"], Next: "Failed" },
        { ErrorEquals: ["A"], Next: "Failed" },
      ],
    }),
    /States\.ALL must stand in the last rule/,
  ],
  [
    "States.ALL beside another name",
    machineOf({ ...SOUND, Catch: [{ ErrorEquals: ["A", "States.ALL"], Next: "Failed" }] }),
    /States\.ALL stands alone/,
  ],
  ["back to JSONPath", machineOf({ ...SOUND, QueryLanguage: "JSONPath" }), /cannot go back to JSONPath/],
  [
    "ResultPath in a Catch of JSONata",
    machineOf({ ...SOUND, Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed", ResultPath: "$.x" }] }),
    /ResultPath is JSONPath/,
  ],
  [
    "a token that nobody is given",
    machineOf(callback({ Arguments: { FunctionName: "${task:request-approval}" } })),
    /give the token away/,
  ],
  ["a resource that is no ARN", machineOf({ ...SOUND, Resource: "claim-run" }), /is no ARN/],
  [
    "a task that does not catch all",
    machineOf({ ...SOUND, Catch: [{ ErrorEquals: ["A"], Next: "Failed" }] }),
    /must catch States\.ALL/,
  ],
  [
    "a retry of everything",
    machineOf({ ...SOUND, Retry: [{ ...RETRY, ErrorEquals: ["States.ALL"] }] }),
    /only errors that pass/,
  ],
  ["a retry without jitter", machineOf({ ...SOUND, Retry: [{ ErrorEquals: ["Transient"] }] }), /without jitter/],
  ["a map without a bound", machineOf(mapOf(SOUND, { MaxConcurrency: 0 })), /MaxConcurrency above 0/],
  [
    "a task in a map that waits for a token",
    machineOf(mapOf(callback())),
    /ItemProcessor\.States\.Inner: nothing waits/,
  ],
  ["a Wait in a map", machineOf(mapOf({ Type: "Wait", Seconds: 1, Next: "Failed" })), /nothing waits/],
  [
    "a task that is not in the list",
    machineOf({ ...SOUND, Arguments: { FunctionName: "${task:none}" } }),
    /\$\{task:none\} names nothing/,
  ],
  ["a machine without a time limit", machineOf(SOUND, { TimeoutSeconds: "600" }), /^TimeoutSeconds: a machine needs/],
  [
    "two states that only lead to each other",
    machineOf(SOUND, {
      States: {
        Only: SOUND,
        Failed: FAILED,
        A: { Type: "Pass", Next: "B" },
        B: { Type: "Pass", Next: "A" },
      },
    }),
    /^States\.A: no way leads/,
  ],
];

describe("each rule finds what it is for", () => {
  it.each(BROKEN)("%s", (_name, definition, pattern) => {
    expect(reasons(definition).some((reason) => pattern.test(reason))).toBe(true);
  });

  it("a task without TimeoutSeconds", () => {
    const { TimeoutSeconds: _timeout, ...state } = SOUND;
    expect(reasons(machineOf(state))).toEqual([expect.stringContaining("a Task needs TimeoutSeconds")]);
  });

  it("a distributed map without an ItemReader or ResultWriter", () => {
    const { ResultWriter: _writer, ...state } = mapOf(SOUND);
    expect(reasons(machineOf(state))).toEqual([expect.stringContaining("needs an ItemReader and a ResultWriter")]);
  });

  it("an Express machine that waits", () => {
    expect(reasons(machineOf(callback()), "EXPRESS")).toEqual([expect.stringContaining("an Express machine can wait")]);
  });
});
