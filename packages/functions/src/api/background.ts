import type { RunId } from "@commops/core/kernel";
import {
  abandonedRuns,
  type Call,
  hasEnded,
  performRun,
  queueRun,
  type StartedRun,
  type UseCase,
} from "@commops/core/record";
import { z } from "zod";
import { entriesOf } from "./route.ts";
import { allRoutes } from "./routes/index.ts";
import type { ApiRuntime } from "./runtime.ts";
import { discardUpload } from "./upload.ts";

type Work = UseCase<z.ZodType, unknown>;

/** Does a run; false when another process has it. */
const perform = async (
  runtime: ApiRuntime,
  runId: RunId,
  workOf: (kind: string) => Work | undefined,
): Promise<boolean> => {
  const done = await performRun(runtime.world, runId, workOf);
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

/** The use case of a run that was queued by an earlier request. */
const workOfKind = (kind: string): Work | undefined =>
  entriesOf(allRoutes).find((entry) => entry.route.reply === "work" && entry.route.useCase.title === kind)?.route
    .useCase;

const runId = z.object({ run_id: z.templateLiteral(["RUN-", z.string()]) });

/** Does a run that was put back in the queue; the result of the request names it. */
export const continueWork = (runtime: ApiRuntime, result: unknown): void =>
  runtime.hooks.background(perform(runtime, runId.parse(result).run_id, workOfKind).then(() => undefined));

/** Takes up the work that a process left behind when it died. Called once, by a process that is alone. */
export const resumeWork = async (runtime: ApiRuntime): Promise<number> => {
  const waiting = await abandonedRuns(runtime.world);
  for (const id of waiting) runtime.hooks.background(perform(runtime, id, workOfKind).then(() => undefined));
  return waiting.length;
};
