import type { Definition } from "../language.ts";
import { eachOf } from "../map.ts";
import { call, caughtItem, claimed, expression, failing, optional } from "../states.ts";

const MACHINE = "allocation";
const period = expression("$states.context.Execution.Input.subject");
const itemEnds = { Catch: [caughtItem] } as const;

/** Months whose cost is not allocated as it is now: allocated, checked to add up, reconciled. */
export const allocation: Definition = {
  Comment: "Allocates the cost of months that changed",
  QueryLanguage: "JSONata",
  TimeoutSeconds: 6 * 3600,
  StartAt: "Claim",
  States: {
    ...claimed(MACHINE, "FindPeriods"),
    FindPeriods: call(
      "find-allocatable-periods",
      { execution: expression("$states.context.Execution.Id"), period: optional("period") },
      { Assign: { items: expression("$states.result.Payload.items") }, Next: "IsAnythingToAllocate" },
    ),
    IsAnythingToAllocate: {
      Type: "Choice",
      Choices: [{ Condition: expression("$states.input.count > 0"), Next: "AllocateEach" }],
      Default: "NothingToAllocate",
    },
    NothingToAllocate: { Type: "Succeed", Output: { outcome: "nothing_to_allocate" } },
    ...eachOf({
      machine: MACHINE,
      name: "AllocateEach",
      subject: "period",
      maxConcurrency: 2,
      startAt: "CheckRules",
      states: {
        CheckRules: call("check-allocation-rules", { period }, { ...itemEnds, Next: "Allocate" }),
        Allocate: call("allocate-period", { period }, { ...itemEnds, Next: "VerifyAllocation" }),
        VerifyAllocation: call("verify-allocation", { period }, { ...itemEnds, Next: "Reconcile" }),
        Reconcile: call("reconcile-period", { period }, { ...itemEnds, Next: "Ended" }),
      },
      next: "Allocated",
      error: "Allocation.PeriodsFailed",
    }),
    Allocated: { Type: "Succeed", Output: { outcome: "allocated", tally: expression("$tally") } },
    ...failing(MACHINE, "AllocationFailed"),
  },
};
