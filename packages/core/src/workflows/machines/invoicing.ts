import type { Definition } from "../language.ts";
import { eachOf } from "../map.ts";
import { call, caughtItem, claimed, expression, failing, optional, start } from "../states.ts";

const MACHINE = "invoicing";
const item = (field: string) => expression(`$states.context.Execution.Input.${field}`);
const itemEnds = { Catch: [caughtItem] } as const;

/** Months that are over and reconciled: a draft for each tenant, and an approval for each draft. */
export const invoicing: Definition = {
  Comment: "Drafts the invoices of completed months and starts their approvals",
  QueryLanguage: "JSONata",
  TimeoutSeconds: 12 * 3600,
  StartAt: "Claim",
  States: {
    ...claimed(MACHINE, "FindPeriods"),
    FindPeriods: call(
      "find-completed-periods",
      { period: optional("period") },
      { Output: expression("$states.result.Payload.periods"), Next: "Gate" },
    ),
    Gate: {
      Type: "Map",
      Comment: "A month is reconciled, and open or closed to invoicing; one that cannot be judged is closed",
      Items: expression("$states.input"),
      ItemSelector: { period: expression("$states.context.Map.Item.Value") },
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "CheckGate",
        States: {
          CheckGate: call(
            "check-billing-gate",
            { period: expression("$states.input.period") },
            {
              Catch: [
                {
                  ErrorEquals: ["States.ALL"],
                  Output: {
                    period: expression("$states.input.period"),
                    is_open: false,
                    reasons: [expression("$string($states.errorOutput.Error)")],
                  },
                  Next: "Judged",
                },
              ],
              Next: "Judged",
            },
          ),
          Judged: { Type: "Pass", End: true },
        },
      },
      Assign: {
        open: expression("[$states.result[is_open = true].period]"),
        closed: expression("[$states.result[is_open = false]]"),
      },
      Next: "IsAnyOpen",
    },
    IsAnyOpen: {
      Type: "Choice",
      Choices: [{ Condition: expression("$count($open) > 0"), Next: "ListTenants" }],
      Default: "NothingToInvoice",
    },
    NothingToInvoice: {
      Type: "Succeed",
      Output: { outcome: "nothing_to_invoice", closed: expression("$closed") },
    },
    ListTenants: call(
      "list-billable-tenants",
      { execution: expression("$states.context.Execution.Id"), periods: expression("$open") },
      { Assign: { items: expression("$states.result.Payload.items") }, Next: "IsAnybodyThere" },
    ),
    IsAnybodyThere: {
      Type: "Choice",
      Choices: [{ Condition: expression("$states.input.count > 0"), Next: "DraftEach" }],
      Default: "NothingToInvoice",
    },
    ...eachOf({
      machine: MACHINE,
      name: "DraftEach",
      subject: "tenant",
      maxConcurrency: 20,
      startAt: "Draft",
      states: {
        Draft: call(
          "draft-invoice",
          { tenant_id: item("subject"), period: item("period") },
          {
            ...itemEnds,
            Assign: { draft: expression("$states.result.Payload") },
            Next: "NeedsApproval",
          },
        ),
        NeedsApproval: {
          Type: "Choice",
          Choices: [{ Condition: expression("$draft.needs_approval"), Next: "Compare" }],
          Default: "Ended",
        },
        Compare: call(
          "compare-draft",
          { invoice_id: expression("$draft.invoice_id"), digest: expression("$draft.digest") },
          { ...itemEnds, Next: "StartApproval" },
        ),
        StartApproval: start(
          "invoice-approval",
          {
            name: expression("$draft.approval_name"),
            input: { invoice_id: expression("$draft.invoice_id"), digest: expression("$draft.digest") },
          },
          { ...itemEnds, Output: expression("$draft"), Next: "Ended" },
        ),
      },
      next: "Drafted",
      error: "Invoicing.TenantsFailed",
    }),
    Drafted: {
      Type: "Succeed",
      Output: { outcome: "drafted", closed: expression("$closed"), tally: expression("$tally") },
    },
    ...failing(MACHINE, "InvoicingFailed"),
  },
};
