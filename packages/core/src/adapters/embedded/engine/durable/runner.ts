import { claimDue, inDatabase, nextWakeUp, readHeld, releaseExecution, renewLeases, takeBack } from "./executions.ts";
import { drive, type Driver, type Workshop } from "./driver.ts";
import { Aborted } from "../failure.ts";
import { pause as pauseFor, persistently } from "./writer.ts";

export interface RunnerSettings {
  /** How long a silent server keeps what it runs, in milliseconds. */
  readonly leaseMs: number;
  /** How often a server looks for work and for news, in milliseconds. */
  readonly pollMs: number;
  /** How many executions are in memory at the most. */
  readonly mostLoaded: number;
  /** Whether no other server works on this database: then what a killed one held is free at once. */
  readonly isAlone: boolean;
}

/** Runs the executions of one server. */
export interface Runner {
  /** Looks for work at once. */
  poke(): void;
  /** Forgets an execution that is not this server's any more. */
  lose(executionNo: number): void;
  /** Ends the work at hand, and gives everything back, so that the next server goes on at once. */
  stop(): Promise<void>;
}

/** How long a stop waits for tasks that are under way, in milliseconds; those that take longer are done again. */
const GRACE_MS = 10_000;

/** Keeps the leases alive and tells executions what has come; those that are not held any more are forgotten. */
const attend = async (workshop: Workshop, drivers: Map<number, Driver>, until: Date | undefined): Promise<void> => {
  if (drivers.size === 0) return;
  const { database, runner } = workshop;
  const before = [...drivers.values()];
  const held = await inDatabase(database, (tx) =>
    until === undefined ? readHeld(tx, runner) : renewLeases(tx, runner, until),
  );
  const news = new Map(held.map((row) => [row.executionNo, row.news]));
  for (const driver of before) {
    const count = news.get(driver.executionNo);
    if (count === undefined) driver.drop();
    else driver.hear(count);
  }
};

/** A wait that something else may end. */
const interruptible = () => {
  let wake = new AbortController();
  return {
    poke: () => wake.abort(),
    wait: async (workshop: Workshop, at: number): Promise<void> => {
      await workshop.timer.sleepUntil(at, wake.signal).catch((error: unknown) => {
        if (!(error instanceof Aborted)) throw error;
      });
      wake = new AbortController();
    },
  };
};

export const startRunner = (workshop: Workshop, { leaseMs, pollMs, mostLoaded, isAlone }: RunnerSettings): Runner => {
  const { database, timer, runner, writer } = workshop;
  const drivers = new Map<number, Driver>();
  const pause = interruptible();
  let isStopping = false;
  let renewAt = 0;
  const claim = async (): Promise<void> => {
    const limit = Math.max(0, mostLoaded - drivers.size);
    if (limit === 0) return;
    const rows = await inDatabase(database, (tx) => claimDue(tx, runner, new Date(timer.now()), { limit, leaseMs }));
    for (const row of rows) {
      const driver = drive(workshop, row);
      drivers.set(row.executionNo, driver);
      const leave = (): void => {
        if (drivers.get(row.executionNo) === driver) drivers.delete(row.executionNo);
        pause.poke();
      };
      driver.left.then(leave, leave);
    }
  };
  const round = async (): Promise<number> => {
    const now = timer.now();
    const isRenewal = now >= renewAt;
    await attend(workshop, drivers, isRenewal ? new Date(now + leaseMs) : undefined);
    if (isRenewal) renewAt = now + leaseMs / 3;
    await claim();
    const next = await inDatabase(database, nextWakeUp);
    const isFull = drivers.size >= mostLoaded;
    return Math.min(timer.now() + pollMs, isFull ? Infinity : (next?.getTime() ?? Infinity));
  };
  const loop = (async () => {
    if (isAlone) await persistently(() => inDatabase(database, (tx) => takeBack(tx, new Date(timer.now()))));
    while (!isStopping) {
      const next = await round().catch((error: unknown) => {
        workshop.onError("", error);
        return timer.now() + pollMs;
      });
      if (!isStopping) await pause.wait(workshop, next);
    }
  })();
  return {
    poke: pause.poke,
    lose: (executionNo) => drivers.get(executionNo)?.drop(),
    stop: async () => {
      isStopping = true;
      pause.poke();
      await loop;
      const held = [...drivers.values()];
      for (const driver of held) driver.drop();
      const quiet = Promise.all(held.map((driver) => driver.idle())).then(() => writer.settled());
      await Promise.race([quiet, pauseFor(GRACE_MS)]);
      const now = new Date(timer.now());
      // Where the database is away the leases run out by themselves.
      const giveBack = held.map(({ executionNo }) =>
        inDatabase(database, (tx) => releaseExecution(tx, runner, { executionNo }, now)).catch(() => false),
      );
      await Promise.all(giveBack);
    },
  };
};
