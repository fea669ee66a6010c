/** Items of the Map of each execution; every third fails at its first attempts. */
export const ITEMS = Array.from({ length: 12 }, (_, index) => index);

const call = (name: string, payload: object, more: object): object => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: `\${task:${name}}`, Payload: { run: "{% $states.context.Execution.Name %}", ...payload } },
  TimeoutSeconds: 60,
  ...more,
});

const branch = (effect: string, seconds: number): object => ({
  StartAt: "Pause",
  States: {
    Pause: { Type: "Wait", Seconds: seconds, Next: "Work" },
    Work: call("work", { effect, fails: 0 }, { End: true }),
  },
});

/** Every kind of waiting, with an effect on each side of it. */
export const machine = {
  QueryLanguage: "JSONata",
  StartAt: "Begin",
  States: {
    Begin: call("work", { effect: "begin", fails: 0 }, { Next: "Each" }),
    Each: {
      Type: "Map",
      Items: ITEMS,
      MaxConcurrency: 4,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "Item",
        States: {
          Item: call(
            "item",
            {
              effect: "{% 'item-' & $states.input %}",
              fails: "{% $states.input % 3 = 0 ? 2 - $states.context.State.RetryCount : 0 %}",
            },
            {
              Retry: [
                { ErrorEquals: ["Busy"], IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 1, JitterStrategy: "FULL" },
              ],
              End: true,
            },
          ),
        },
      },
      Next: "Pause",
    },
    Pause: { Type: "Wait", Seconds: 1, Next: "Ask" },
    Ask: {
      ...call("ask", { effect: "asked", token: "{% $states.context.Task.Token %}" }, { Next: "Both" }),
      Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
    },
    Both: { Type: "Parallel", Branches: [branch("left", 1), branch("right", 0)], Next: "Finish" },
    Finish: call("work", { effect: "finish", fails: 0 }, { End: true }),
  },
};

/** What one execution does, each once. */
export const EFFECTS = ["begin", ...ITEMS.map((item) => `item-${item}`), "asked", "left", "right", "finish"];
