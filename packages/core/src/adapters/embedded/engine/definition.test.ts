import { expect, it } from "vitest";
import { parseMachine } from "./definition.ts";

const machine = (more: object): object => ({ StartAt: "A", States: { A: { Type: "Pass", ...more } } });

it.each([
  ["a start that is not there", { StartAt: "B", States: { A: { Type: "Succeed" } } }, "StartAt"],
  ["a state that leads nowhere", machine({ Next: "B" }), "States.A"],
  ["a state without an end", machine({}), "States.A"],
  ["an unknown type", { StartAt: "A", States: { A: { Type: "Jump", End: true } } }, "States.A.Type"],
  [
    "a part with a fault",
    machine({ Type: "Parallel", End: true, Branches: [{ StartAt: "B", States: {} }] }),
    "States.A.0.StartAt",
  ],
])("%s is refused with its place", (_, definition, field) => {
  expect(() => parseMachine(definition)).toThrow(
    expect.objectContaining({ kind: "invalid", message: expect.stringContaining(field) }),
  );
});
