import { type Call, outboxBacklog, sealAudit } from "@commops/core/record";
import type { Mailer } from "@commops/core/ports";
import { dispatchEffects, type EffectHandlers } from "../effects.ts";
import type { Schedule } from "../schedules.ts";
import { runDue } from "./scheduler.ts";

const TICK_MS = 1_000;
const SCHEDULE_EVERY = 30;

interface Work {
  readonly call: Call;
  readonly handlers: EffectHandlers;
  readonly mailer: Mailer;
  readonly schedules: readonly Schedule[];
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
  await attempt("outbox", () => dispatchEffects(work.call, work.handlers, work.mailer));
  await attempt("audit seal", () => sealAudit(work.call.world));
  if (count % SCHEDULE_EVERY === 0) await attempt("schedules", () => runDue(work.call, work.schedules));
};

/** The background work of one machine, in the process of the server. */
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
  const loop = (async () => {
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

/** Does all that the outbox holds now, for a start or a test that must not wait for the next round. */
export const drainOutbox = async (work: Pick<Work, "call" | "handlers" | "mailer">): Promise<void> => {
  const { database, clock } = work.call.world;
  for (;;) {
    const { done } = await dispatchEffects(work.call, work.handlers, work.mailer);
    const backlog = await database.transaction("operator", (tx) => outboxBacklog(tx, clock.now()));
    if (done === 0 || backlog.pending === 0) return;
  }
};
