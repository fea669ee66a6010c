import { z } from "zod";
import { isTenantId, type Json, missing, precondition, Problem, type RunId, type UserId } from "../kernel/index.ts";
import { action, type Call, type Outcome, type UseCase, type World } from "./action.ts";
import { type Actor, SCOPES } from "./actor.ts";
import {
  claimRun,
  endRun,
  insertRun,
  readWorkRun,
  renewRun,
  requeueAbandoned,
  requeueFailed,
  waitingRuns,
  type WorkRun,
} from "./work-run.store.ts";

const ATTEMPTS = 3;
const RETRY_MS = 500;
/** How long a process may be silent before its run is taken to be left behind, and how often it says that it works. */
const LEASE_MS = 120_000;
const RENEWAL_MS = 30_000;
/** How long a queued run is its own process's to begin. */
const BEGIN_MS = 60_000;
/** Times that a run is taken up before it is given up: what ends its process each time would do so again. */
const MOST_ATTEMPTS = 5;
const TAKEN_AT_ONCE = 20;

/** The result of a request whose work goes on after the answer. */
export interface StartedRun {
  readonly run_id: RunId;
  readonly status: "running";
}

const actorJson = (actor: Actor): Json => ({
  type: actor.type,
  id: actor.id,
  person: actor.person,
  scopes: [...actor.scopes],
  tenant_id: actor.tenantId,
});

const storedActor = z.object({
  type: z.enum(["system", "tenant_user", "operator_user"]),
  id: z.string(),
  person: z
    .string()
    .transform((text): UserId => `USR-${text.replace(/^USR-/, "")}`)
    .optional(),
  scopes: z.array(z.enum(SCOPES)),
  tenant_id: z.string().refine(isTenantId).optional(),
});

const actorOf = (kept: Json): Actor => {
  const { tenant_id: tenantId, person, scopes, ...rest } = storedActor.parse(kept);
  return { ...rest, person, scopes: new Set(scopes), tenantId };
};

/**
 * Checks permission and input of a use case and queues it, to be done after the answer. The same idempotency key and input give
 * the run that is there already.
 */
export const queueRun = (
  call: Call,
  useCase: Pick<UseCase<z.ZodType, unknown>, "title" | "needs" | "input">,
  input: unknown,
): Promise<StartedRun> =>
  action(`${useCase.title}.start`, { needs: useCase.needs, input: useCase.input }, (door, parsed) => {
    const named = z.object({ tenant_id: z.string().refine(isTenantId) }).safeParse(parsed);
    const tenantId = named.success ? named.data.tenant_id : door.actor.tenantId;
    const runId: RunId = `RUN-${door.clock.id()}`;
    return door.save({ objectType: "work_run", objectId: runId, tenantId }, async (tx): Promise<StartedRun> => {
      await insertRun(tx, {
        runId,
        kind: useCase.title,
        tenantId: tenantId ?? null,
        status: "queued",
        input: (input ?? {}) as Json,
        requestedBy: actorJson(door.actor),
        traceId: door.traceId,
        createdAt: door.now,
      });
      return { run_id: runId, status: "running" };
    });
  }).run(call, input);

const attempt = async (useCase: UseCase<z.ZodType, unknown>, call: Call, input: unknown): Promise<Json> => {
  for (let left = ATTEMPTS - 1; ; left -= 1) {
    try {
      return ((await useCase.run(call, input)) ?? null) as Json;
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== "transient" || left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS * 2 ** (ATTEMPTS - left)));
    }
  }
};

const failureOf = (error: unknown): Json =>
  error instanceof Problem && error.kind !== "internal"
    ? { code: error.code, message: error.message, details: error.details.map((detail) => ({ ...detail })) }
    : { code: "INTERNAL", message: "Something went wrong on our side. The log has it under the run's trace id." };

/** Says that its process works as long as an attempt goes on; what comes out of it. */
const holding = async <T>(world: World, run: WorkRun, work: () => Promise<T>): Promise<T> => {
  const renew = (): Promise<void> =>
    world.database.transaction("operator", (tx) => renewRun(tx, run, new Date(world.clock.now().getTime() + LEASE_MS)));
  // A renewal that fails is made up for by the next one; after four of them somebody else may take the run.
  const renewal = setInterval(() => void renew().catch(() => undefined), RENEWAL_MS);
  renewal.unref();
  return work().finally(() => clearInterval(renewal));
};

const tooOften = (run: WorkRun): Problem | undefined =>
  run.attempts > MOST_ATTEMPTS
    ? precondition(
        `this was begun ${MOST_ATTEMPTS} times, and each time its process ended before it did. Ask for less at once, and then try it again.`,
      )
    : undefined;

/**
 * Does a queued run, or one that was left behind, and keeps how it ended. A run that another process does is left alone. Answers the
 * error of a failed run, for the log.
 */
export const performRun = async (
  world: World,
  runId: RunId,
  workOf: (kind: string) => UseCase<z.ZodType, unknown> | undefined,
): Promise<{ readonly run: WorkRun; readonly error?: unknown } | undefined> => {
  const { database, clock } = world;
  const now = clock.now();
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const run = await database.transaction("operator", (tx) => claimRun(tx, runId, { now, leaseUntil }));
  if (!run) return undefined;
  try {
    const giveUp = tooOften(run);
    if (giveUp) throw giveUp;
    const useCase = workOf(run.kind);
    if (!useCase) throw new Problem("internal", "INTERNAL", `nothing does work of the kind ${run.kind}`);
    const call: Call = { world, actor: actorOf(run.requestedBy), traceId: run.traceId };
    const result = await holding(world, run, () => attempt(useCase, call, run.input));
    await database.transaction("operator", (tx) => endRun(tx, run, { status: "succeeded", result, now: clock.now() }));
    return { run };
  } catch (error) {
    const failed = { status: "failed", error: failureOf(error), now: clock.now() } as const;
    await database.transaction("operator", (tx) => endRun(tx, run, failed));
    return { run, error };
  }
};

export const hasEnded = async (world: Pick<World, "database">, runId: RunId): Promise<boolean> => {
  const run = await world.database.transaction("operator", (tx) => readWorkRun(tx, runId));
  return run?.endedAt !== null;
};

/** Runs that no process does, the oldest first: to be performed, since use cases are safe to repeat. */
export const runsLeftBehind = ({ database, clock }: Pick<World, "database" | "clock">): Promise<RunId[]> => {
  const now = clock.now();
  const queuedBefore = new Date(now.getTime() - BEGIN_MS);
  return database.transaction("operator", (tx) => waitingRuns(tx, { now, queuedBefore, limit: TAKEN_AT_ONCE }));
};

/** All that is not done, for a process that has the database alone: whoever did it is gone. */
export const abandonedRuns = (world: Pick<World, "database">): Promise<RunId[]> =>
  world.database.transaction("operator", (tx) => requeueAbandoned(tx));

/** Queues a failed run again, with what was asked then and for whom. */
export const retryRun = action(
  "workflows.retry",
  { needs: "workflows:write", input: z.object({ run_id: z.string() }) },
  async (door, input): Promise<Outcome<StartedRun>> => {
    const run = await door.load((tx) => readWorkRun(tx, input.run_id));
    if (!run) throw missing("run", input.run_id);
    return door.save(
      { objectType: "work_run", objectId: run.runId, tenantId: run.tenantId ?? undefined },
      async (tx) => {
        if (!(await requeueFailed(tx, run.runId)))
          throw precondition(`run ${run.runId} is ${run.status}: only a failed run is tried again.`);
        return { run_id: run.runId, status: "running" };
      },
    );
  },
);
