import { writeLog } from "../aws/log.ts";
import { taskFunction } from "../aws/run-task.ts";
import { openAwsRuntime } from "../runtime/aws.ts";
import { readAwsSettings } from "../runtime/aws-settings.ts";

/** Does the task that COMMOPS_TASK names. */
export const handler = taskFunction(
  openAwsRuntime(readAwsSettings(process.env)),
  process.env["COMMOPS_TASK"] ?? "",
  writeLog,
);
