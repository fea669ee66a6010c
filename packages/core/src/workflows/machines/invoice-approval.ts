import type { Definition, State } from "../language.ts";
import { ask, call, caught, expression, failing } from "../states.ts";

const MACHINE = "invoice-approval";
const DAY = 86_400;
/** How long each level of approvers has. */
const WAIT_SECONDS = 7 * DAY;

const about = { invoice_id: expression("$invoice_id"), digest: expression("$digest") };
const when = (decision: string, next: string) => ({
  Condition: expression(`$states.input.decision = '${decision}'`),
  Next: next,
});

const deciding: Readonly<Record<string, State>> = {
  Begin: {
    Type: "Pass",
    Assign: {
      invoice_id: expression("$states.input.invoice_id"),
      digest: expression("$states.input.digest"),
      level: 1,
    },
    Next: "IsDecided",
  },
  IsDecided: {
    Type: "Choice",
    Comment: "A continuation starts from a decision whose own execution could not hear of it",
    Choices: [{ Condition: expression("$exists($states.input.approval_id)"), Next: "ReadDecision" }],
    Default: "CheckPolicy",
  },
  ReadDecision: call("read-decision", { approval_id: expression("$states.input.approval_id") }, { Next: "Decided" }),
  CheckPolicy: call("check-approval-policy", about, { Next: "ByPolicy" }),
  ByPolicy: {
    Type: "Choice",
    Choices: [
      when("auto", "ApproveByPolicy"),
      when("ask", "RequestApproval"),
      when("approved", "Issue"),
      when("issued", "Issue"),
    ],
    Default: "Superseded",
  },
  ApproveByPolicy: call("approve-by-policy", about, { Next: "Issue" }),
  RequestApproval: ask(
    "request-approval",
    { ...about, level: expression("$level") },
    {
      TimeoutSeconds: WAIT_SECONDS,
      Catch: [{ ErrorEquals: ["States.Timeout"], Next: "Escalate" }, caught],
      Next: "Decided",
    },
  ),
  Escalate: call("escalate-approval", { ...about, level: expression("$level") }, { Next: "Decided" }),
  Decided: {
    Type: "Choice",
    Choices: [
      when("approved", "Issue"),
      when("sent_back", "Redraft"),
      { ...when("escalated", "RequestApproval"), Assign: { level: expression("$level + 1") } },
      when("returned", "Returned"),
    ],
    Default: "Superseded",
  },
  Redraft: call(
    "redraft-invoice",
    { invoice_id: expression("$invoice_id"), digest: expression("$digest") },
    { Assign: { digest: expression("$states.result.Payload.digest"), level: 1 }, Next: "HasChanged" },
  ),
  HasChanged: {
    Type: "Choice",
    Choices: [{ Condition: expression("$states.input.changed"), Next: "CheckPolicy" }],
    Default: "Returned",
  },
};

const ending: Readonly<Record<string, State>> = {
  Issue: call("issue-invoice", about, { Next: "IsIssued" }),
  IsIssued: {
    Type: "Choice",
    Comment: "An approval is taken back until the invoice is issued",
    Choices: [{ Condition: expression("$states.input.status = 'draft'"), Next: "Returned" }],
    Default: "RenderPdf",
  },
  RenderPdf: call("render-invoice-pdf", about, { Next: "Mail" }),
  Mail: call("mail-invoice", about, { Next: "Issued" }),
  Issued: { Type: "Succeed", Output: { outcome: "issued", invoice_id: expression("$invoice_id") } },
  Returned: {
    Type: "Succeed",
    Comment: "The draft waits for whoever prepares it; the next draft has an approval of its own",
    Output: { outcome: "returned", invoice_id: expression("$invoice_id") },
  },
  Superseded: {
    Type: "Succeed",
    Comment: "The draft was made again or discarded meanwhile: a newer execution or nobody decides",
    Output: { outcome: "superseded", invoice_id: expression("$invoice_id") },
  },
};

/** One draft: approved by policy or by a person, issued, rendered, mailed; or sent back and drafted again. */
export const invoiceApproval: Definition = {
  Comment: "Has a draft approved, and issues, renders and mails it",
  QueryLanguage: "JSONata",
  TimeoutSeconds: 90 * DAY,
  StartAt: "Begin",
  States: { ...deciding, ...ending, ...failing(MACHINE, "ApprovalFailed") },
};
