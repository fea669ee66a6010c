import type { ExecutionStatus, ExecutionSummary } from "@commops/core/ports";
import { executionIdOf } from "./execution-id.ts";

/** Statuses as the API writes them. */
export const STATUSES = {
  running: "RUNNING",
  succeeded: "SUCCEEDED",
  failed: "FAILED",
  timed_out: "TIMED_OUT",
  aborted: "ABORTED",
} as const satisfies Readonly<Record<string, ExecutionStatus>>;

type ShownStatus = keyof typeof STATUSES;
export const STATUS_NAMES = ["running", "succeeded", "failed", "timed_out", "aborted"] as const satisfies ShownStatus[];

const shownStatus = (status: ExecutionStatus): ShownStatus =>
  STATUS_NAMES.find((name) => STATUSES[name] === status) ?? "running";

/** The label of the distributed Map that made an execution: its ARN has it after the machine; null for one that stands by itself. */
export const mapLabelOf = (executionArn: string): string | null =>
  /:(?:execution|express):[^:/]+\/([^:]+):/.exec(executionArn)?.[1] ?? null;

/** An execution as lists show it. */
export const shownExecution = (execution: ExecutionSummary) => ({
  execution_id: executionIdOf(execution.executionArn),
  execution_arn: execution.executionArn,
  machine: execution.machine,
  name: execution.name,
  status: shownStatus(execution.status),
  started_at: execution.startedAt.toISOString(),
  stopped_at: execution.stoppedAt?.toISOString() ?? null,
  redrive_count: execution.redriveCount,
  of_map: mapLabelOf(execution.executionArn),
});

/** Who may read executions: whoever may read runs; the routes keep tenants' people out, since payloads tell of every tenant. */
export const READERS = ["billing:read", "cost:read", "usage:read", "workflows:write"] as const;
