import type { Definition } from "../language.ts";
import { call, claimed, expression, failing, optional } from "../states.ts";

const MACHINE = "payment-reconciliation";

/** One confirmed payment held against invoice and books; or a day's payments against them, with the summary mailed. */
export const paymentReconciliation: Definition = {
  Comment: "Holds payments against invoices and books",
  QueryLanguage: "JSONata",
  TimeoutSeconds: 3600,
  StartAt: "IsOnePayment",
  States: {
    IsOnePayment: {
      Type: "Choice",
      Choices: [{ Condition: expression("$exists($states.input.payment_id)"), Next: "CheckPayment" }],
      Default: "Claim",
    },
    CheckPayment: call("check-payment", { payment_id: expression("$states.input.payment_id") }, { Next: "IsSettled" }),
    IsSettled: {
      Type: "Choice",
      Choices: [{ Condition: expression("$states.input.is_settled"), Next: "Settled" }],
      Default: "NotSettled",
    },
    Settled: { Type: "Succeed" },
    NotSettled: {
      Type: "Fail",
      Error: "PaymentReconciliation.NotSettled",
      Cause: expression("$states.input.payment_id & ': ' & $join($states.input.reasons, '; ')"),
    },
    ...claimed(MACHINE, "Summarize"),
    Summarize: call(
      "summarize-payments",
      { date: optional("date"), scheduled_for: optional("scheduled_for") },
      { Next: "Summarized" },
    ),
    Summarized: { Type: "Succeed" },
    ...failing(MACHINE, "PaymentReconciliationFailed"),
  },
};
