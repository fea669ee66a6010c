import { expect, test } from "vitest";
import { layoutOf } from "./layout.ts";
import { readMachine } from "./machine.ts";
import { nextState } from "./move-focus.ts";

const { states } = layoutOf(
  readMachine({
    StartAt: "Choose",
    States: {
      Choose: { Type: "Choice", Choices: [{ Condition: "a", Next: "Left" }], Default: "Right" },
      Left: { Type: "Pass", Next: "Done" },
      Right: { Type: "Pass", Next: "Done" },
      Done: { Type: "Succeed" },
    },
  }),
);

test("arrow keys go to the state that lies there, and nowhere at the edge", () => {
  const below = nextState(states, "Choose", "ArrowDown");
  expect(["Left", "Right"]).toContain(below);
  expect(nextState(states, below ?? "", "ArrowDown")).toBe("Done");
  expect(nextState(states, "Done", "ArrowDown")).toBeUndefined();
  expect(nextState(states, "Choose", "ArrowUp")).toBeUndefined();
  const [first, second] = states.filter((one) => one.state.type === "Pass").toSorted((a, b) => a.x - b.x);
  expect(nextState(states, first?.state.name ?? "", "ArrowRight")).toBe(second?.state.name);
  expect(nextState(states, second?.state.name ?? "", "ArrowLeft")).toBe(first?.state.name);
});

test("every state is reached from any other by arrow keys", () => {
  for (const start of states) {
    const reached = new Set([start.state.name]);
    for (const name of reached)
      for (const key of ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"]) {
        const next = nextState(states, name, key);
        if (next !== undefined) reached.add(next);
      }
    expect(reached.size).toBe(states.length);
  }
});

test("other keys move nothing", () => {
  expect(nextState(states, "Choose", "Enter")).toBeUndefined();
});
