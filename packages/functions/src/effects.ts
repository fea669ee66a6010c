import type { Mailer } from "@commops/core/ports";
import { type Call, claimEffects, type ClaimedEffect, finishEffect, releaseEffect } from "@commops/core/record";
import { Problem } from "@commops/core/kernel";

/** What an effect of the outbox does; run at least once, so it must be safe to repeat. */
export type EffectHandler = (call: Call, effect: ClaimedEffect, ports: { readonly mailer: Mailer }) => Promise<void>;
export type EffectHandlers = Readonly<Record<string, EffectHandler>>;

const LEASE_MS = 120_000;
const BATCH = 20;
const MAX_ATTEMPTS = 12;
const BASE_DELAY_MS = 2_000;
const MAX_DELAY_MS = 3_600_000;

/** Exponential back-off: 2 s, 4 s, 8 s ... up to an hour. */
const delayAfter = (attempts: number): number => Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (attempts - 1));

const runOne = async (
  call: Call,
  effect: ClaimedEffect,
  handlers: EffectHandlers,
  mailer: Mailer,
): Promise<boolean> => {
  const { database, clock } = call.world;
  try {
    const handler = handlers[effect.topic];
    if (!handler) throw new Problem("internal", "INTERNAL", `nothing handles the effect ${effect.topic}`);
    await handler(call, effect, { mailer });
    await database.transaction("operator", (tx) => finishEffect(tx, effect.outboxId, clock.now()));
    return true;
  } catch (error) {
    const now = clock.now();
    const isFinal = (error instanceof Problem && error.kind !== "transient") || effect.attempts >= MAX_ATTEMPTS;
    const retryAt = isFinal ? undefined : new Date(now.getTime() + delayAfter(effect.attempts));
    const reason = error instanceof Error ? error.message : String(error);
    await database.transaction("operator", (tx) => releaseEffect(tx, effect.outboxId, { error: reason, retryAt, now }));
    return false;
  }
};

/** Does the effects that are due, one after the other. Answers how many succeeded and failed. */
export const dispatchEffects = async (
  call: Call,
  handlers: EffectHandlers,
  mailer: Mailer,
): Promise<{ done: number; failed: number }> => {
  const { database, clock } = call.world;
  const claimed = await database.transaction("operator", (tx) =>
    claimEffects(tx, clock.now(), { limit: BATCH, leaseMs: LEASE_MS }),
  );
  let done = 0;
  for (const effect of claimed) if (await runOne(call, effect, handlers, mailer)) done += 1;
  return { done, failed: claimed.length - done };
};
