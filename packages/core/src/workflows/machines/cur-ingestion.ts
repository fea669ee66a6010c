import type { Definition } from "../language.ts";
import { eachOf } from "../map.ts";
import { call, caughtItem, claimed, expression, failing, start } from "../states.ts";

const MACHINE = "cur-ingestion";

/** New and changed cost deliveries: each is validated and imported or quarantined by itself, then allocation starts. */
export const curIngestion: Definition = {
  Comment: "Imports the cost deliveries that are new or changed",
  QueryLanguage: "JSONata",
  TimeoutSeconds: 6 * 3600,
  StartAt: "Claim",
  States: {
    ...claimed(MACHINE, "FindDeliveries"),
    FindDeliveries: call(
      "find-deliveries",
      { execution: expression("$states.context.Execution.Id") },
      { Assign: { items: expression("$states.result.Payload.items") }, Next: "IsAnythingNew" },
    ),
    IsAnythingNew: {
      Type: "Choice",
      Choices: [{ Condition: expression("$states.input.count > 0"), Next: "ImportEach" }],
      Default: "NothingNew",
    },
    NothingNew: { Type: "Succeed", Output: { outcome: "nothing_new" } },
    ...eachOf({
      machine: MACHINE,
      name: "ImportEach",
      subject: "delivery",
      // One after the other: a delivery is held against what counts by then, also where both came at once.
      maxConcurrency: 1,
      startAt: "ImportDelivery",
      states: {
        ImportDelivery: call(
          "import-delivery",
          { delivery: expression("$states.input.subject") },
          { Catch: [caughtItem], Next: "Ended" },
        ),
      },
      next: "StartAllocation",
      error: "CurIngestion.DeliveriesFailed",
    }),
    StartAllocation: start(
      "allocation",
      { name: expression("$substring('after-' & $states.context.Execution.Name, 0, 80)"), input: {} },
      { Next: "Ingested" },
    ),
    Ingested: { Type: "Succeed", Output: { outcome: "ingested", tally: expression("$tally") } },
    ...failing(MACHINE, "IngestionFailed"),
  },
};
