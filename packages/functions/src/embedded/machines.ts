import { type Json, Problem } from "@commops/core/kernel";
import type { TaskProgress } from "@commops/core/ports";
import type { EffectContext } from "../effects.ts";
import { SCHEDULES } from "../schedules.ts";
import { startScheduled } from "../start-schedule.ts";
import { performTask, tasks } from "../tasks.ts";
import type { ScheduledWork } from "./scheduler.ts";

/** What the engine hands to a task's function. */
interface Running {
  readonly executionArn: string;
  readonly progress: TaskProgress;
}

type TaskFunction = (payload: Json, running: Running) => Promise<Json>;

/**
 * Every task as a function of the engine: what its use cases saved before a crash is not saved twice. What is our own fault goes to the log, and
 * the execution hears no more than that.
 */
export const taskFunctions = (
  context: EffectContext,
  onError: (what: string, error: unknown) => void,
): Readonly<Record<string, TaskFunction>> => {
  const functionOf =
    (name: string): TaskFunction =>
    async (payload, { executionArn, progress }) => {
      try {
        const call = { ...context.call, traceId: executionArn, progress };
        return await performTask(name, { ...context, call }, payload);
      } catch (error) {
        if (error instanceof Problem && error.kind !== "internal") throw error;
        onError(`task ${name} of ${executionArn}`, error);
        throw new Problem("internal", "INTERNAL", "something went wrong on our side; the log has it", { cause: error });
      }
    };
  return Object.fromEntries(Object.keys(tasks).map((name) => [name, functionOf(name)]));
};

/** The schedules of one machine. */
export const scheduledWork = (context: EffectContext): readonly ScheduledWork[] =>
  SCHEDULES.filter((schedule) => schedule.runsOn === "both").map((schedule) => ({
    name: schedule.name,
    due: schedule.due,
    run: (_call, at) => startScheduled(context, schedule, at),
  }));
