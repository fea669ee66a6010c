import type { Definition } from "../language.ts";
import { call, claimed, expression, failing, optional } from "../states.ts";

const MACHINE = "period-close";
const about = { period: expression("$period") };

/** A month that is billed and reconciled: closed, with its manifest, its evidence and its figures kept. */
export const periodClose: Definition = {
  Comment: "Closes a month and keeps its evidence",
  QueryLanguage: "JSONata",
  TimeoutSeconds: 6 * 3600,
  StartAt: "Claim",
  States: {
    ...claimed(MACHINE, "Check"),
    Check: call(
      "check-period-close",
      { period: optional("period"), scheduled_for: optional("scheduled_for") },
      { Assign: { period: expression("$states.result.Payload.period") }, Next: "IsReady" },
    ),
    IsReady: {
      Type: "Choice",
      Choices: [{ Condition: expression("$count($states.input.blockers) = 0"), Next: "Lock" }],
      Default: "NotReady",
    },
    NotReady: {
      Type: "Succeed",
      Comment: "The next day looks again",
      Output: {
        outcome: "not_ready",
        period: expression("$period"),
        blockers: expression("[$states.input.blockers]"),
      },
    },
    Lock: call("lock-period", about, { Next: "WriteManifest" }),
    WriteManifest: call("write-manifest", about, { Next: "ExportEvidence" }),
    ExportEvidence: call("export-evidence", about, { Next: "SnapshotKpis" }),
    SnapshotKpis: call("snapshot-kpis", about, { Next: "Closed" }),
    Closed: { Type: "Succeed", Output: { outcome: "closed", period: expression("$period") } },
    ...failing(MACHINE, "CloseFailed"),
  },
};
