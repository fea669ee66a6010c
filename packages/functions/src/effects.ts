import type { Mailer } from "@commops/core/ports";
import {
  type Call,
  claimEffect,
  claimEffects,
  type ClaimedEffect,
  effectState,
  finishEffect,
  releaseEffect,
} from "@commops/core/record";
import { precondition, Problem } from "@commops/core/kernel";

/** What an effect is done with. */
export interface EffectContext {
  readonly call: Call;
  readonly mailer: Mailer;
  /** Where people reach the product, for links in mails. */
  readonly publicUrl: string;
}

/** What an effect of the outbox does; run at least once, so it must be safe to repeat. */
export type EffectHandler = (context: EffectContext, effect: ClaimedEffect) => Promise<void>;
export type EffectHandlers = Readonly<Record<string, EffectHandler>>;

const LEASE_MS = 120_000;
const BATCH = 20;
const MAX_ATTEMPTS = 12;
const BASE_DELAY_MS = 2_000;
const MAX_DELAY_MS = 3_600_000;

/** Exponential back-off: 2 s, 4 s, 8 s ... up to an hour. */
const delayAfter = (attempts: number): number => Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (attempts - 1));

const runOne = async (context: EffectContext, handlers: EffectHandlers, effect: ClaimedEffect): Promise<boolean> => {
  const { database, clock } = context.call.world;
  try {
    const handler = handlers[effect.topic];
    if (!handler) throw new Problem("internal", "INTERNAL", `nothing handles the effect ${effect.topic}`);
    await handler(context, effect);
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
  context: EffectContext,
  handlers: EffectHandlers,
): Promise<{ done: number; failed: number }> => {
  const { database, clock } = context.call.world;
  const claimed = await database.transaction("operator", (tx) =>
    claimEffects(tx, clock.now(), { limit: BATCH, leaseMs: LEASE_MS }),
  );
  let done = 0;
  for (const effect of claimed) if (await runOne(context, handlers, effect)) done += 1;
  return { done, failed: claimed.length - done };
};

/**
 * Does one effect now, whoever was to do it; one that is done, or was never queued, is left alone. Throws a transient Problem where another
 * worker is at it or it may be tried again, and a precondition one with the reason where it was given up.
 */
export const performEffect = async (
  context: EffectContext,
  handlers: EffectHandlers,
  of: { readonly topic: string; readonly effectKey: string },
): Promise<void> => {
  const { database, clock } = context.call.world;
  const stateNow = () => database.transaction("operator", (tx) => effectState(tx, of.topic, of.effectKey));
  const check = (found: Awaited<ReturnType<typeof stateNow>>): boolean => {
    if (found.state === "given_up") throw precondition(`${of.topic} ${of.effectKey} was given up: ${found.reason}`);
    return found.state !== "pending";
  };
  if (check(await stateNow())) return;
  const claim = { ...of, now: clock.now(), leaseMs: LEASE_MS };
  const effect = await database.transaction("operator", (tx) => claimEffect(tx, claim));
  if (effect && (await runOne(context, handlers, effect))) return;
  if (check(await stateNow())) return;
  throw new Problem("transient", "INTERNAL", `${of.topic} ${of.effectKey} is not done yet; try again`);
};
