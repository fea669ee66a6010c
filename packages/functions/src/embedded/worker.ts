import { type Call, releaseLeases, sealAudit } from "@commops/core/record";
import type { Mailer } from "@commops/core/ports";
import { dispatchEffects, type EffectHandlers } from "../effects.ts";
import { runDue, type ScheduledWork } from "./scheduler.ts";

const TICK_MS = 1_000;
const SCHEDULE_EVERY = 30;

interface Work {
  readonly call: Call;
  readonly handlers: EffectHandlers;
  readonly mailer: Mailer;
  readonly publicUrl: string;
  readonly schedules: readonly ScheduledWork[];
  readonly onError: (what: string, error: unknown) => void;
}

export interface Worker {
  /** Ends after the work at hand. */
  stop(): Promise<void>;
}

/** One round: effects that are due, seals of new audit events, and (now and then) schedules. */
const round = async (work: Work, count: number): Promise<void> => {
  const attempt = async (what: string, step: () => Promise<unknown>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      work.onError(what, error);
    }
  };
  await attempt("outbox", () => dispatchEffects(work, work.handlers));
  await attempt("audit seal", () => sealAudit(work.call.world));
  if (count % SCHEDULE_EVERY === 0) await attempt("schedules", () => runDue(work.call, work.schedules));
};

/** The background work of one machine, in the process of the server: the only one, so that what a killed one had taken is free again. */
export const startWorker = (work: Work): Worker => {
  let isStopping = false;
  let wake: (() => void) | undefined;
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TICK_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const { database } = work.call.world;
  const loop = (async () => {
    await database
      .transaction("operator", releaseLeases)
      .catch((error: unknown) => work.onError("outbox leases", error));
    for (let count = 0; !isStopping; count += 1) {
      await round(work, count);
      if (!isStopping) await pause();
    }
  })();
  return {
    stop: async () => {
      isStopping = true;
      wake?.();
      await loop;
    },
  };
};
