import { z } from "zod";
import { Problem } from "@commops/core/kernel";
import type { Connection } from "./requester.ts";

const run = z.looseObject({
  status: z.enum(["running", "succeeded", "failed"]),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
});

const PAUSE_MS = 150;

/** Waits for a run that an answer 202 named. Throws the run's own error as a Problem when it failed. */
export const waitForRun = async (connection: Connection, answer: unknown): Promise<unknown> => {
  const { run_id: runId } = z.looseObject({ run_id: z.string() }).parse(answer);
  for (;;) {
    const state = run.parse(await connection.request("GET", `/workflows/${runId}`));
    if (state.status === "succeeded") return state.result;
    if (state.status === "failed")
      throw new Problem("invalid", state.error?.code ?? "INTERNAL", state.error?.message ?? `run ${runId} failed`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
};
