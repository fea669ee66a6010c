/** How often the loop goes round. */
export const ROUNDS = 200;
/** States that one round enters. */
export const STATES_A_ROUND = 3;

/** A loop of a Task, a Pass and a Choice, in the query language that the peer knows as well. */
export const loop = {
  StartAt: "Work",
  States: {
    Work: {
      Type: "Task",
      Resource: "arn:aws:lambda:local:000000000000:function:work",
      Parameters: { "n.$": "$.n" },
      ResultPath: "$.done",
      Next: "Count",
    },
    Count: { Type: "Pass", Parameters: { "n.$": "States.MathAdd($.n, 1)" }, Next: "Enough" },
    Enough: {
      Type: "Choice",
      Choices: [{ Variable: "$.n", NumericLessThan: ROUNDS, Next: "Work" }],
      Default: "Done",
    },
    Done: { Type: "Succeed" },
  },
};

/** A distributed Map of one task an item. */
export const wide = (items: number) => ({
  QueryLanguage: "JSONata",
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      Items: `{% [1..${items}] %}`,
      MaxConcurrency: 40,
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Work",
        States: {
          Work: {
            Type: "Task",
            Resource: "arn:aws:lambda:local:000000000000:function:work",
            Arguments: { n: "{% $states.input %}" },
            End: true,
          },
        },
      },
      Output: "{% $count($states.result) %}",
      End: true,
    },
  },
});
