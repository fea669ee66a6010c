import type { Runner } from "./outcome.ts";

/** Runners by topic, loaded when asked for. */
export const topics = {
  pricing: async (): Promise<Runner> => (await import("./pricing.ts")).runPricing,
  cur: async (): Promise<Runner> => (await import("./cur.ts")).runCur,
  asl: async (): Promise<Runner> => (await import("./asl.ts")).runAsl,
} as const satisfies Record<string, () => Promise<Runner>>;

export type Topic = keyof typeof topics;
