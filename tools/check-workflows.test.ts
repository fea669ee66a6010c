import { MACHINES } from "@commops/core/workflows";
import { expect, it } from "vitest";
import { faultsOf } from "./workflows/validators.ts";

const sound = {
  QueryLanguage: "JSONata",
  StartAt: "Only",
  TimeoutSeconds: 60,
  States: {
    Only: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: { FunctionName: "arn:aws:lambda:eu-central-1:123456789012:function:f" },
      TimeoutSeconds: 10,
      End: true,
    },
  },
};
const changed = (change: object): object => ({ ...sound, States: { Only: { ...sound.States.Only, ...change } } });

it("a sound definition passes both validators", async () => {
  expect(await faultsOf(sound)).toEqual([]);
});

it.each([
  ["a way to a state that is not there", changed({ End: undefined, Next: "Nowhere" })],
  ["a field of the other query language", changed({ Parameters: { a: 1 } })],
  ["a state without an end", changed({ End: undefined })],
  ["an unknown type of state", changed({ Type: "Job" })],
])("%s is found", async (_name, definition) => {
  expect(await faultsOf(JSON.parse(JSON.stringify(definition)))).not.toEqual([]);
});

it("there are machines to check", () => {
  expect(Object.keys(MACHINES).length).toBeGreaterThan(5);
});
