import { describe, expect, it } from "vitest";
import { machineOf, runMachine } from "../../../../../testing/engine.ts";
import type { Json } from "../../../../kernel/index.ts";

const run = (Output: Json, input: Json = {}) =>
  runMachine({ definition: machineOf({ Type: "Pass", Output, End: true }, { QueryLanguage: "JSONata" }), input });
const value = async (Output: Json, input: Json = {}): Promise<Json | undefined> => (await run(Output, input)).output;

describe("expressions", () => {
  it("stand between {% and %} with nothing around them; every other text is itself", async () => {
    expect(await value(["{% 1 + 1 %}", " {% 1 + 1 %}", "$x", { deep: "{%$states.input.a%}" }], { a: 3 })).toEqual([
      2,
      " {% 1 + 1 %}",
      "$x",
      { deep: 3 },
    ]);
  });

  it("see the time at which their state was entered, as text in any form and in milliseconds", async () => {
    expect(await value(["{% $now() %}", "{% $now('[Y]/[M01]') %}", "{% $millis() %}"])).toEqual([
      "2025-01-01T00:00:00.000Z",
      "2025/01",
      Date.UTC(2025, 0, 1),
    ]);
  });

  it("draw random values from the execution's seed: a second run gives the same", async () => {
    const drawn = await value(["{% $random() %}", "{% $random() %}", "{% $uuid() %}"]);
    expect(await value(["{% $random() %}", "{% $random() %}", "{% $uuid() %}"])).toEqual(drawn);
    expect(new Set(drawn as Json[]).size).toBe(3);
  });

  it("have the functions that Step Functions adds", async () => {
    expect(await value("{% $partition([1, 2, 3], 2) %}")).toEqual([[1, 2], [3]]);
    expect(await value("{% $range(1, 7, 3) %}")).toEqual([1, 4, 7]);
    expect(await value("{% $range(1, 2, 5) %}")).toBe(1);
    expect(await value("{% $hash('abc', 'MD5') %}")).toBe("900150983cd24fb0d6963f7d28e17f72");
    expect(await value("{% $parse('{\"a\": [1]}') %}")).toEqual({ a: [1] });
  });
});

describe("what cannot be evaluated", () => {
  it.each([
    ["nothing", "{% $states.input.missing %}"],
    ["a function", "{% function($x) { $x } %}"],
    ["a wrong expression", "{% 1 + %}"],
    ["an error of a function", "{% $parse('{') %}"],
    ["$eval, which Step Functions does not have", "{% $eval('1') %}"],
  ])("%s fails with States.QueryEvaluationError, naming the field", async (_, expression) => {
    const ended = await run({ deep: [expression] });
    expect(ended).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
    expect(ended.cause).toContain("'Output/deep[0]'");
    expect(ended.history.map(({ type }) => type)).toContain("EvaluationFailed");
  });

  it("a condition must be true or false, not something that looks like it", async () => {
    const choice = { Type: "Choice", Choices: [{ Condition: "{% 1 %}", Next: "Only" }], Default: "Only" };
    const ended = await runMachine({ definition: machineOf(choice, { QueryLanguage: "JSONata" }) });
    expect(ended.error).toBe("States.QueryEvaluationError");
  });
});
