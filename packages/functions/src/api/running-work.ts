import type { ApiHooks } from "./runtime.ts";

export interface RunningWork {
  readonly background: ApiHooks["background"];
  /** Waits for the work that goes on behind answers. */
  settle(): Promise<void>;
}

/** Holds the work that goes on behind answers; what fails in it goes to the log. */
export const runningWork = (log: ApiHooks["log"]): RunningWork => {
  const running = new Set<Promise<void>>();
  const failed = (error: unknown): void =>
    log({ level: "error", message: "background work", trace_id: "", error: String(error) });
  return {
    background: (work) => {
      const tracked = work.catch(failed).finally(() => running.delete(tracked));
      running.add(tracked);
    },
    settle: async () => {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
};
