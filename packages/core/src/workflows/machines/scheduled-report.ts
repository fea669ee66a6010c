import type { Definition } from "../language.ts";
import { call, claimed, expression, failing, optional } from "../states.ts";

const MACHINE = "scheduled-report";

/** A report by its schedule: written to a file, and its link mailed. */
export const scheduledReport: Definition = {
  Comment: "Writes a report and mails its link",
  QueryLanguage: "JSONata",
  TimeoutSeconds: 2 * 3600,
  StartAt: "Claim",
  States: {
    ...claimed(MACHINE, "Run", "report"),
    Run: call(
      "run-report",
      { report: expression("$states.context.Execution.Input.report"), scheduled_for: optional("scheduled_for") },
      { Next: "Mail" },
    ),
    Mail: call(
      "mail-report",
      { report: expression("$states.context.Execution.Input.report"), key: expression("$states.input.key") },
      { Next: "Sent" },
    ),
    Sent: { Type: "Succeed" },
    ...failing(MACHINE, "ReportFailed"),
  },
};
