import type { MachineName, TaskName } from "@commops/core/workflows";

/** UTC times at which something is due. */
export type Due =
  /** Every day at HH:MM; from a day of the month on where `fromDay` is given. */
  { readonly dailyAt: string; readonly fromDay?: number } | { readonly everyMinutes: number };

type Work =
  | { readonly machine: MachineName; readonly input: Readonly<Record<string, string>> }
  | { readonly task: TaskName; readonly input: Readonly<Record<string, string>> };

/** What is started when. A machine is started with its input and `scheduled_for`, a task is given the same. */
export interface Schedule {
  readonly name: string;
  readonly due: Due;
  readonly starts: Work;
  /** `aws`: on one machine the process of the server does this all the time. */
  readonly runsOn: "both" | "aws";
}

const machine = (
  name: string,
  due: Due,
  started: MachineName,
  input: Readonly<Record<string, string>> = {},
): Schedule => ({ name, due, starts: { machine: started, input }, runsOn: "both" });

const task = (
  name: TaskName,
  due: Due,
  { runsOn = "both", input = {} }: Partial<Pick<Schedule, "runsOn"> & Pick<Work, "input">> = {},
): Schedule => ({ name, due, starts: { task: name, input }, runsOn });

/** How long an execution that ended can be gone on with, in days: as long as Step Functions keeps its history. */
const KEEP_JOURNALS_DAYS = "90";

/** Everything that runs by the clock: read by EventBridge Scheduler's stack and by the embedded scheduler. Names are kept with what ran: they never change. */
export const SCHEDULES: readonly Schedule[] = [
  machine("cur-ingestion", { dailyAt: "03:00" }, "cur-ingestion"),
  machine("allocation", { dailyAt: "03:45" }, "allocation"),
  machine("invoicing", { dailyAt: "04:30" }, "invoicing"),
  machine("payment-summary", { dailyAt: "05:30" }, "payment-reconciliation"),
  machine("period-close", { dailyAt: "06:00", fromDay: 15 }, "period-close"),
  machine("report-invoices", { dailyAt: "07:00" }, "scheduled-report", { report: "invoices" }),
  machine("report-receivables", { dailyAt: "07:00" }, "scheduled-report", { report: "receivables" }),
  task("remind-approvers", { dailyAt: "08:00" }),
  task("sweep-approvals", { everyMinutes: 5 }),
  task("remove-journals", { dailyAt: "02:30" }, { input: { keep_days: KEEP_JOURNALS_DAYS } }),
  task("dispatch-effects", { everyMinutes: 1 }, { runsOn: "aws" }),
  task("seal-audit", { everyMinutes: 1 }, { runsOn: "aws" }),
  task("continue-runs", { everyMinutes: 1 }, { runsOn: "aws" }),
];

/** The due times as EventBridge Scheduler writes them. */
export const scheduleExpression = (due: Due): string => {
  if ("everyMinutes" in due) return `rate(${due.everyMinutes} ${due.everyMinutes === 1 ? "minute" : "minutes"})`;
  const [hours, minutes] = due.dailyAt.split(":").map(Number);
  return `cron(${minutes} ${hours} ${due.fromDay === undefined ? "*" : `${due.fromDay}-31`} * ? *)`;
};
