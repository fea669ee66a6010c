import { systemActor } from "@commops/core/record";
import type { Json } from "@commops/core/kernel";
import type { AwsRuntime } from "../runtime/aws.ts";
import { performTask, taskFailure } from "../tasks.ts";
import { traceIdOf } from "./log.ts";

/** What Lambda tells of an invocation, as far as it is needed. */
interface Invocation {
  readonly awsRequestId: string;
}

/** An error as Lambda reports it: name and message, and no stack that would tell callers how we are made. */
const reported = (error: unknown): Error => {
  const { error: name, cause } = taskFailure(error);
  const { errorMessage } = JSON.parse(cause) as { readonly errorMessage: string };
  const told = new Error(errorMessage);
  told.name = name;
  told.stack = `${name}: ${errorMessage}`;
  return told;
};

/**
 * The function of one task. Its errors carry the names that Retry and Catch of the state machines look at; what is our own fault is told
 * to the log only. Neither input nor output is logged: they may name people.
 */
export const taskFunction =
  ({ world, mailer, files, settings: { publicUrl } }: AwsRuntime, name: string, log: (entry: object) => void) =>
  async (input: unknown, { awsRequestId }: Invocation): Promise<Json> => {
    const start = performance.now();
    const traceId = traceIdOf(awsRequestId);
    const told = (more: object): void =>
      log({
        message: "task",
        trace_id: traceId,
        task: name,
        duration_ms: Math.round(performance.now() - start),
        ...more,
      });
    try {
      const call = { world, actor: systemActor(name), traceId };
      const output = await performTask(name, { call, mailer, publicUrl }, input);
      told({ level: "info" });
      return output;
    } catch (error) {
      told({ level: "error", error: error instanceof Error ? error.stack : String(error) });
      throw reported(error);
    } finally {
      await files.clear();
    }
  };
