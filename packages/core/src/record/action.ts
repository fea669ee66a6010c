import type { z } from "zod";
import { digestOf, forbidden, type Json, missing, Problem, unreachable } from "../kernel/index.ts";
import type {
  Clock,
  CostForecast,
  CostSource,
  Database,
  Documents,
  Files,
  Lake,
  Scope,
  TaskProgress,
  Tx,
  Vault,
  Workflows,
} from "../ports/index.ts";
import { type AccessScope, type Actor, may } from "./actor.ts";
import { type AuditSubject, appendAudit } from "./audit.store.ts";
import { findAnswer, keepAnswer } from "./idempotency.store.ts";

/** The ports that use cases may reach. */
export interface World {
  readonly database: Database;
  readonly files: Files;
  readonly lake: Lake;
  readonly documents: Documents;
  readonly costForecast: CostForecast;
  readonly workflows: Workflows;
  readonly vault: Vault;
  /** Where cost deliveries arrive by themselves. */
  readonly costSources: readonly CostSource[];
  readonly clock: Clock;
}

/** Everything ambient about one call, passed in. */
export interface Call {
  readonly world: World;
  readonly actor: Actor;
  readonly traceId: string;
  /** `Idempotency-Key`: the same key and input give the first answer again. */
  readonly idempotencyKey?: string | undefined;
  /** Set where the call may be made again after a crash: what had been saved is then not done twice. */
  readonly progress?: TaskProgress | undefined;
}

/** What a use case sees while it reads. */
export interface ViewDoor extends Omit<World, "database"> {
  readonly actor: Actor;
  readonly traceId: string;
  /** The instant of the call; the same for all of its decisions. */
  readonly now: Date;
  /** A short read transaction in the actor's scope. */
  load<T>(read: (tx: Tx) => Promise<T>): Promise<T>;
  /** Rows of a raw SELECT inside load or save. */
  rows: Database["rows"];
  /** Throws a forbidden Problem when the actor lacks the scope; for rules finer than `needs`. */
  need(scope: AccessScope): void;
  /** The call itself, for running another action or view on behalf of the same actor. */
  readonly call: Call;
}

declare const saved: unique symbol;
/** The result of a use case that saved, or said that there was nothing to save. */
export interface Outcome<T> {
  readonly [saved]: true;
  readonly result: T;
}

export interface ActionDoor extends ViewDoor {
  /** The one write transaction: the change, its audit event and the kept answer commit together or not at all. */
  save<T>(subject: AuditSubject, write: (tx: Tx) => Promise<T>): Promise<Outcome<T>>;
  /** Ends without a change: a repeat of what is already there. */
  unchanged<T>(result: T): Outcome<T>;
}

interface Rule<I extends z.ZodType> {
  /** The scope the actor must hold; several mean any of them. */
  readonly needs: AccessScope | readonly AccessScope[];
  readonly input: I;
}

export interface UseCase<I extends z.ZodType, O> {
  readonly title: string;
  readonly needs: readonly AccessScope[];
  readonly input: I;
  run(call: Call, input: z.input<I>): Promise<O>;
}

/** A tenant's own users see their own tenant only: another one does not exist for them. Throws a missing Problem. */
export const assertOwnTenant = (door: ViewDoor, tenantId: string): void => {
  if (door.actor.tenantId !== undefined && door.actor.tenantId !== tenantId) throw missing("tenant", tenantId);
};

const scopeOf = (actor: Actor): Scope => (actor.tenantId === undefined ? "operator" : { tenantId: actor.tenantId });

/** Throws a forbidden Problem when the actor holds none of the scopes. */
export const checkPermission = (actor: Actor, needs: readonly AccessScope[], title: string): void => {
  if (!needs.some((scope) => may(actor, scope)))
    throw forbidden(`${title} needs the scope ${needs.join(" or ")}. Ask an administrator for a role that has it.`);
};

/** What is wrong, in words: of an id and of a choice between types the schema only says that they are invalid. */
const reasonOf = (issue: z.core.$ZodIssue): string => {
  if (issue.code === "invalid_format" && issue.format === "template_literal") {
    const [, prefix] = /^\^([A-Za-z]+-)/.exec(issue.pattern ?? "") ?? [];
    return prefix === undefined ? issue.message : `not an id that starts with ${prefix}`;
  }
  if (issue.code !== "invalid_union") return issue.message;
  const expected = issue.errors.flat().flatMap((one) => (one.code === "invalid_type" ? [one.expected] : []));
  return expected.length === 0 ? issue.message : `expected ${[...new Set(expected)].join(" or ")}`;
};

const parse = <I extends z.ZodType>(schema: I, input: unknown): z.output<I> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({
    field: issue.path.map(String).join(".") || "body",
    reason: reasonOf(issue),
  }));
  const first = details[0];
  throw new Problem("invalid", "INVALID_ARGUMENT", `${first?.field ?? "body"}: ${first?.reason ?? "not valid"}`, {
    details,
  });
};

const viewDoor = (call: Call): ViewDoor => {
  const { database, ...ports } = call.world;
  return {
    ...ports,
    call,
    actor: call.actor,
    traceId: call.traceId,
    now: ports.clock.now(),
    load: (read) => database.transaction(scopeOf(call.actor), read),
    rows: (tx, query) => database.rows(tx, query),
    need: (scope) => checkPermission(call.actor, [scope], "this step"),
  };
};

/** Defines a use case that only reads: permission and input are checked, nothing is written. */
export const view = <I extends z.ZodType, O>(
  title: string,
  rule: Rule<I>,
  work: (door: ViewDoor, input: z.output<I>) => Promise<O>,
): UseCase<I, O> => {
  const needs = [rule.needs].flat();
  return {
    title,
    needs,
    input: rule.input,
    run: async (call, input) => {
      checkPermission(call.actor, needs, title);
      return work(viewDoor(call), parse(rule.input, input));
    },
  };
};

const outcome = <T>(result: T): Outcome<T> => ({ result }) as Outcome<T>;

/** How the progress of a task names a use case that it runs. */
const stepOf = (title: string, inputDigest: string): string => `${title} ${inputDigest}`;

const saver = (call: Call, title: string, inputDigest: string | undefined): ActionDoor["save"] => {
  const { database, clock } = call.world;
  let used = false;
  return async (subject, write) => {
    if (used) unreachable(`${title} saved twice: a use case has one write transaction`);
    used = true;
    return database.transaction(scopeOf(call.actor), async (tx) => {
      const result = await write(tx);
      const occurredAt = clock.now();
      await appendAudit(tx, { ...subject, action: title, actor: call.actor, traceId: call.traceId, occurredAt });
      if (call.idempotencyKey !== undefined && inputDigest !== undefined)
        await keepAnswer(tx, {
          actorId: call.actor.id,
          key: call.idempotencyKey,
          action: title,
          inputDigest,
          result: result as Json,
          createdAt: occurredAt,
        });
      if (call.progress !== undefined && inputDigest !== undefined)
        await call.progress.keep(tx, stepOf(title, inputDigest), result as Json);
      return outcome(result);
    });
  };
};

/**
 * Defines a use case that writes: permission, input, one short transaction with its audit event, and the idempotency key
 * cannot be forgotten. Results are plain JSON data (decimal text, ISO instants), so that a kept answer equals the first one.
 */
export const action = <I extends z.ZodType, O>(
  title: string,
  rule: Rule<I>,
  work: (door: ActionDoor, input: z.output<I>) => Promise<Outcome<O>>,
): UseCase<I, O> => {
  const needs = [rule.needs].flat();
  return {
    title,
    needs,
    input: rule.input,
    run: async (call, input) => {
      checkPermission(call.actor, needs, title);
      const parsed = parse(rule.input, input);
      const key = call.idempotencyKey;
      const { progress } = call;
      const isRepeatable = key !== undefined || progress !== undefined;
      const inputDigest = isRepeatable ? digestOf(JSON.parse(JSON.stringify(input ?? null)) as Json) : undefined;
      const done = inputDigest === undefined ? undefined : progress?.recall(stepOf(title, inputDigest));
      if (done) return done.result as O;
      const kept = async (): Promise<{ result: O } | undefined> => {
        if (key === undefined || inputDigest === undefined) return undefined;
        const found = await call.world.database.transaction(scopeOf(call.actor), (tx) =>
          findAnswer(tx, { actorId: call.actor.id, key, action: title, inputDigest, now: call.world.clock.now() }),
        );
        return found && { result: found.result as O };
      };
      const before = await kept();
      if (before) return before.result;
      const door: ActionDoor = {
        ...viewDoor(call),
        // What another use case saves on the way is a part of this one: only its own end says that it is done.
        call: { ...call, progress: undefined },
        save: saver(call, title, inputDigest),
        unchanged: outcome,
      };
      try {
        return (await work(door, parsed)).result;
      } catch (error) {
        // Two requests with one key raced: the other one committed first, and its answer is ours too.
        const after = error instanceof Problem && error.kind === "exists" ? await kept() : undefined;
        if (after) return after.result;
        throw error;
      }
    },
  };
};
