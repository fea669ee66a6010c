import type { TaskPermission, TaskTraits } from "./task.ts";

const RETRY = { maxAttempts: 4, intervalSeconds: 2, backoffRate: 2 } as const;

/** Reads and writes a few rows. */
const light = (does: string, permissions: readonly TaskPermission[] = ["database"]): TaskTraits => ({
  does,
  timeoutSeconds: 60,
  memoryMb: 512,
  retry: RETRY,
  permissions,
});

/** Waits for who does the same already, such as the worker of the outbox. */
const patient = (does: string, permissions: readonly TaskPermission[]): TaskTraits => ({
  ...light(does, permissions),
  retry: { maxAttempts: 8, intervalSeconds: 5, backoffRate: 2 },
});

/** Works on a whole delivery, month or report. */
const heavy = (does: string, permissions: readonly TaskPermission[], memoryMb = 2048): TaskTraits => ({
  does,
  timeoutSeconds: 840,
  memoryMb,
  retry: { maxAttempts: 3, intervalSeconds: 10, backoffRate: 2 },
  permissions,
});

const shared = {
  "claim-run": light("Claims a scheduled time of a machine for one execution"),
  "record-failure": light("Writes the alert and the audit event of an execution that failed"),
  "tally-results": light("Counts what became of a map's items, and writes the alerts of those that failed", [
    "database",
    "files:read",
  ]),
} as const;

const cost = {
  "find-deliveries": light("Lists cost deliveries that are new or changed", ["database", "files:read", "files:write"]),
  "import-delivery": heavy("Validates and imports one cost delivery", [
    "database",
    "files:read",
    "files:write",
    "lake:query",
    "lake:write",
  ]),
  "find-allocatable-periods": light("Lists months whose cost is not allocated as it is now", [
    "database",
    "files:write",
  ]),
  "check-allocation-rules": light("Names the rules in force and the keys that they have no usage for"),
  "allocate-period": heavy("Allocates the cost of a month to tenants and the operator", ["database"]),
  "verify-allocation": heavy("Holds that direct, allocated, overhead and untagged cost add up, service by service", [
    "database",
  ]),
  "reconcile-period": heavy("Reconciles a month and writes the verdicts that issuing looks at", ["database"], 1024),
} as const;

const invoicing = {
  "find-completed-periods": light("Lists months that are over and have cost"),
  "check-billing-gate": heavy("Says whether a month may be invoiced, and if not, why not", ["database"], 1024),
  "list-billable-tenants": light("Lists the tenants to be invoiced for months", ["database", "files:write"]),
  "draft-invoice": { ...light("Rates a tenant's month and drafts its invoice"), timeoutSeconds: 120, memoryMb: 1024 },
  "compare-draft": light("Says what is odd about a draft against the period before"),
} as const;

const approval = {
  "check-approval-policy": light("Says whether a draft is to be approved by policy or by a person"),
  "approve-by-policy": light("Approves a draft that the policy lets pass"),
  "request-approval": light("Stores the request and its task token, and tells the approvers"),
  "escalate-approval": light("Passes an unanswered request on, or returns the draft"),
  "read-decision": light("Reads a decision that was stored before its execution could hear of it"),
  "redraft-invoice": {
    ...light("Drafts an invoice again after it was sent back"),
    timeoutSeconds: 120,
    memoryMb: 1024,
  },
  "issue-invoice": light("Issues an invoice that is exactly what was approved"),
  "render-invoice-pdf": patient("Renders and stores the PDF of an issued invoice", [
    "database",
    "files:read",
    "files:write",
  ]),
  "mail-invoice": patient("Sends the mail of an issued invoice", ["database", "files:read", "mail:send"]),
  "sweep-approvals": light("Answers the tokens of decided requests until they are answered", [
    "database",
    "workflows:start",
    "workflows:answer",
  ]),
  "remind-approvers": light("Reminds the approvers of requests that wait"),
} as const;

const payments = {
  "check-payment": light("Holds that a confirmed payment is applied and posted in full"),
  "summarize-payments": light("Compares a day's confirmed payments with the books and mails the summary"),
} as const;

const promotion = {
  "validate-rule": light("Checks a proposed allocation rule against the others"),
  "shadow-rule": heavy("Runs a proposed rule over closed months beside the rules in force", [
    "database",
    "files:write",
  ]),
  "request-rule-approval": light("Stores the request for a rule and its task token, and tells the approvers"),
  "promote-rule": light("Puts an approved rule in force"),
  "reject-rule": light("Retires a proposed rule with the reason"),
} as const;

const closing = {
  "check-period-close": heavy("Says what keeps a month from being closed", ["database"], 1024),
  "lock-period": light("Closes a month"),
  "write-manifest": heavy("Writes the provenance manifest of a month", ["database", "files:read", "files:write"], 1024),
  "export-evidence": heavy("Exports a month's audit events and documents", ["database", "files:read", "files:write"]),
  "snapshot-kpis": light("Stores the figures of a closed month", ["database", "files:read", "files:write"]),
} as const;

const reports = {
  "run-report": heavy("Writes a report to a file", ["database", "files:read", "files:write"], 1024),
  "mail-report": light("Mails the link to a report"),
} as const;

const background = {
  "dispatch-effects": {
    ...light("Does the effects of the outbox that are due", [
      "database",
      "files:read",
      "files:write",
      "mail:send",
      "workflows:start",
      "workflows:answer",
    ]),
    timeoutSeconds: 300,
  },
  "seal-audit": light("Chains the audit events that have no seal yet"),
  "continue-runs": heavy("Does the work of requests that outlasted the function which answered them", [
    "database",
    "files:read",
    "files:write",
    "lake:query",
    "lake:write",
  ]),
  "remove-journals": light("Removes the journals of executions that ended long ago"),
} as const;

/** Every task once: the stack makes a function and a role of each, and each has one handler. */
export const TASKS = {
  ...shared,
  ...cost,
  ...invoicing,
  ...approval,
  ...payments,
  ...promotion,
  ...closing,
  ...reports,
  ...background,
} as const satisfies Readonly<Record<string, TaskTraits>>;

export type TaskName = keyof typeof TASKS;
