import { type Json, Problem } from "@commops/core/kernel";
import { performRun, removeJournals, runsLeftBehind, sealAudit } from "@commops/core/record";
import { errorNameOf, type TaskName } from "@commops/core/workflows";
import { z } from "zod";
import { effectHandlers } from "./effect-handlers.ts";
import { dispatchEffects } from "./effects.ts";
import { approvalTasks } from "./tasks/approval.ts";
import { closingTasks, reportTasks } from "./tasks/closing.ts";
import { costTasks } from "./tasks/cost.ts";
import { invoicingTasks } from "./tasks/invoicing.ts";
import { paymentTasks } from "./tasks/payments.ts";
import { promotionTasks } from "./tasks/promotion.ts";
import { runTasks } from "./tasks/runs.ts";
import { task, type Task, type TaskContext } from "./tasks/task.ts";
import { workOf } from "./work.ts";

export type { TaskContext } from "./tasks/task.ts";

const backgroundTasks = {
  "dispatch-effects": task(z.object({}), z.object({ done: z.int(), failed: z.int() }), (context) =>
    dispatchEffects(context, effectHandlers),
  ),
  "seal-audit": task(z.object({}), z.object({ sealed: z.int() }), async ({ call }) => ({
    sealed: (await sealAudit(call.world)).sealed,
  })),
  "continue-runs": task(z.object({}), z.object({ done: z.int(), failed: z.int() }), async ({ call }) => {
    const [first] = await runsLeftBehind(call.world);
    const done = first && (await performRun(call.world, first, workOf));
    // What is our own fault is for the log, as the run says.
    if (done?.error instanceof Error && !(done.error instanceof Problem && done.error.kind !== "internal"))
      throw done.error;
    return { done: done ? 1 : 0, failed: done?.error === undefined ? 0 : 1 };
  }),
  "remove-journals": task(removeJournals.input, z.object({ executions: z.int() }), ({ call }, input) =>
    removeJournals.run(call, input),
  ),
} as const;

/** Every task with what does it: a name without a handler does not compile. */
export const tasks = {
  ...runTasks,
  ...costTasks,
  ...invoicingTasks,
  ...approvalTasks,
  ...paymentTasks,
  ...promotionTasks,
  ...closingTasks,
  ...reportTasks,
  ...backgroundTasks,
} as const satisfies Record<TaskName, Task>;

export const isTaskName = (name: string): name is TaskName => Object.hasOwn(tasks, name);

/** Does a task. Throws a missing Problem where there is none of that name, and what the task throws. */
export const performTask = (name: string, context: TaskContext, input: unknown): Promise<Json> => {
  if (!isTaskName(name)) throw new Problem("missing", "NOT_FOUND", `there is no task ${name}`);
  return tasks[name].perform(context, input);
};

/**
 * What a task threw, as both engines tell it: the error's name, which Retry and Catch look at, and the cause as a function's runtime
 * writes it. What is our own fault says no more than that.
 */
export const taskFailure = (error: unknown): { readonly error: string; readonly cause: string } => {
  const isKnown = error instanceof Problem && error.kind !== "internal";
  const name = isKnown ? errorNameOf(error.kind) : errorNameOf("internal");
  const errorMessage = isKnown ? error.message : "something went wrong on our side; the log has it";
  return { error: name, cause: JSON.stringify({ errorType: name, errorMessage, trace: [] }) };
};
