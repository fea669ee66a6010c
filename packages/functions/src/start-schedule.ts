import { Problem } from "@commops/core/kernel";
import type { EffectContext } from "./effects.ts";
import type { Schedule } from "./schedules.ts";
import { performTask } from "./tasks.ts";

/** A name that a scheduled start has once: "invoicing-20251009T043000Z". */
const nameOf = (schedule: Schedule, at: Date): string =>
  `${schedule.name}-${at
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "")}`;

/** Starts what a schedule is for: an execution under a name that a second start finds taken, or a task. */
export const startScheduled = async (context: EffectContext, schedule: Schedule, at: Date): Promise<void> => {
  const { starts } = schedule;
  const input = { ...starts.input, scheduled_for: at.toISOString() };
  if ("task" in starts) {
    await performTask(starts.task, context, input);
    return;
  }
  try {
    await context.call.world.workflows.start({ machine: starts.machine, name: nameOf(schedule, at), input });
  } catch (error) {
    if (!(error instanceof Problem && error.kind === "exists")) throw error;
  }
};
