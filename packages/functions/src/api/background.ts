import type { RunId } from "@commops/core/kernel";
import {
  abandonedRuns,
  type Call,
  hasEnded,
  performRun,
  queueRun,
  runsLeftBehind,
  type StartedRun,
  type UseCase,
} from "@commops/core/record";
import { z } from "zod";
import { workOf } from "../work.ts";
import type { ApiRuntime } from "./runtime.ts";
import { discardUpload } from "./upload.ts";

type Work = UseCase<z.ZodType, unknown>;

/** Does a run; false when another process has it. */
const perform = async (
  runtime: ApiRuntime,
  runId: RunId,
  find: (kind: string) => Work | undefined = workOf,
): Promise<boolean> => {
  const done = await performRun(runtime.world, runId, find);
  if (!done) return false;
  await discardUpload(runtime.settings, done.run.input);
  if (done.error instanceof Error)
    runtime.hooks.log({
      level: "error",
      message: "run failed",
      trace_id: done.run.traceId,
      run_id: runId,
      kind: done.run.kind,
      error: done.error.stack,
    });
  return true;
};

/** Queues the work of a request, starts it behind the answer, and says under which id it can be followed. */
export const startWork = async (
  runtime: ApiRuntime,
  call: Call,
  useCase: Work,
  input: unknown,
): Promise<StartedRun> => {
  const started = await queueRun(call, useCase, input).catch(async (error: unknown) => {
    await discardUpload(runtime.settings, input);
    throw error;
  });
  runtime.hooks.background(
    perform(runtime, started.run_id, () => useCase).then(async (isDone) => {
      // A repeated request: its run has been taken already, and what came with it is of no use once that run has ended.
      if (!isDone && (await hasEnded(runtime.world, started.run_id))) await discardUpload(runtime.settings, input);
    }),
  );
  return started;
};

const runId = z.object({ run_id: z.templateLiteral(["RUN-", z.string()]) });

const takeUp = (runtime: ApiRuntime, runIds: readonly RunId[]): void => {
  for (const id of runIds) runtime.hooks.background(perform(runtime, id).then(() => undefined));
};

/** Does a run that was put back in the queue; the result of the request names it. */
export const workAgain = (runtime: ApiRuntime, result: unknown): void => takeUp(runtime, [runId.parse(result).run_id]);

/** Takes up all work that is not done. Called once, by a process that has the database alone. */
export const resumeWork = async (runtime: ApiRuntime): Promise<void> =>
  takeUp(runtime, await abandonedRuns(runtime.world));

/** Takes up what no process does: its own died, or stands still. */
export const continueWork = async (runtime: ApiRuntime): Promise<void> =>
  takeUp(runtime, await runsLeftBehind(runtime.world));
