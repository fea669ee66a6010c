import { describe, expect, it } from "vitest";
import { machineOf, runMachine, taskRunner, taskState } from "../../../../../testing/engine.ts";

const inline = (state: object, more: object = {}): object =>
  machineOf({ Type: "Map", ItemProcessor: machineOf(state), End: true, ...more });

describe("iterations", () => {
  it("never run more at once than MaxConcurrency, and their outputs come in the order of the items", async () => {
    let running = 0;
    let most = 0;
    const tasks = taskRunner({
      work: async (parameters) => {
        running += 1;
        most = Math.max(most, running);
        for (let turn = 0; turn < 10 - Number(parameters); turn += 1) await Promise.resolve();
        running -= 1;
        return { output: parameters };
      },
    });
    const input = [0, 1, 2, 3, 4, 5, 6];
    const ended = await runMachine({ definition: inline(taskState("work"), { MaxConcurrency: 3 }), input, tasks });
    expect(ended.output).toEqual(input);
    expect(most).toBe(3);
  });

  it("are stopped when one fails, and none begins after it", async () => {
    const begun: unknown[] = [];
    const tasks = taskRunner({
      work: (parameters) => {
        begun.push(parameters);
        return parameters === 1 ? { error: "Bad", cause: "1" } : { output: null };
      },
    });
    const ended = await runMachine({
      definition: inline(taskState("work"), { MaxConcurrency: 1 }),
      input: [0, 1, 2, 3],
      tasks,
    });
    expect(ended).toMatchObject({ status: "FAILED", error: "Bad", cause: "1" });
    expect(begun).toEqual([0, 1]);
  });

  it("a failing iteration ends the waits of the others at once", async () => {
    const state = { Type: "Wait", SecondsPath: "$", End: true };
    const ended = await runMachine({ definition: inline(state), input: [1_000_000, -1] });
    expect(ended.status).toBe("FAILED");
    expect(ended.stoppedAt - ended.startedAt).toBe(0);
  });

  it("read the variables of what surrounds them and keep their own to themselves", async () => {
    const definition = {
      StartAt: "Set",
      QueryLanguage: "JSONata",
      States: {
        Set: { Type: "Pass", Assign: { x: 1 }, Next: "Each" },
        Each: {
          Type: "Map",
          Items: [10, 20],
          ItemProcessor: machineOf({
            Type: "Pass",
            Assign: { x: 5 },
            Output: "{% $x + $states.input %}",
            End: true,
          }),
          Output: { sums: "{% $states.result %}", x: "{% $x %}" },
          End: true,
        },
      },
    };
    expect((await runMachine({ definition })).output).toEqual({ sums: [11, 21], x: 1 });
  });
});
