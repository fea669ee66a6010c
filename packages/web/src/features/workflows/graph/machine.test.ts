import { expect, test } from "vitest";
import { allStates, readMachine } from "./machine.ts";

const ruleOf = (rule: object): string | undefined =>
  readMachine({
    StartAt: "A",
    States: { A: { Type: "Choice", Choices: [{ ...rule, Next: "B" }] }, B: { Type: "Succeed" } },
  }).states[0]?.ways[0]?.label;

test.each([
  [{ Variable: "$.status", StringEquals: "approved" }, '$.status = "approved"'],
  [{ Variable: "$.n", NumericGreaterThanEquals: 3 }, "$.n ≥ 3"],
  [{ Variable: "$.n", NumericLessThanPath: "$.most" }, "$.n < $.most"],
  [{ Variable: "$.x", IsPresent: false }, "$.x is not present"],
  [{ Not: { Variable: "$.ok", BooleanEquals: true } }, "not ($.ok = true)"],
  [
    {
      And: [
        { Variable: "$.a", IsNull: true },
        { Variable: "$.b", StringMatches: "x*" },
      ],
    },
    '$.a is null and $.b like "x*"',
  ],
  [{ Condition: "{% $states.input.count > 0 %}" }, "count > 0"],
])("a rule of a Choice reads as one line: %j", (rule, text) => {
  expect(ruleOf(rule)).toBe(text);
});

test("ways say whether they are taken always, by a rule, or for an error; those to states that are not there are left out", () => {
  const [task] = readMachine({
    StartAt: "A",
    States: {
      A: {
        Type: "Task",
        Next: "B",
        Catch: [
          { ErrorEquals: ["Busy", "States.Timeout"], Next: "B" },
          { ErrorEquals: ["States.ALL"], Next: "Nowhere" },
        ],
      },
      B: { Type: "Fail" },
    },
  }).states;
  expect(task?.ways).toEqual([
    { to: "B", kind: "next" },
    { to: "B", kind: "catch", label: "Busy, States.Timeout" },
  ]);
});

test("what is no definition is a machine without states", () => {
  for (const value of [null, 3, "x", [], { States: null }]) expect(allStates(readMachine(value))).toEqual([]);
});
