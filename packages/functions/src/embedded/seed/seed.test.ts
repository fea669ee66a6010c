import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listInvoices } from "@commops/core/invoicing";
import { trialBalance } from "@commops/core/ledger";
import { listPayments } from "@commops/core/payments";
import type { World } from "@commops/core/record";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedRuntime, openRuntime } from "../../runtime/embedded.ts";
import { readSettings } from "../../runtime/settings.ts";
import { systemCall } from "../server.ts";
import { seedDemonstration } from "./seed.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "commops-seed-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const opened = async <T>(folder: string, work: (runtime: EmbeddedRuntime) => Promise<T>): Promise<T> => {
  const runtime = await openRuntime(readSettings({ DATA_DIR: join(root, folder) }));
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
};

const KILLED = new Error("the process was killed");
/** The same installation, until it would name its n-th new thing: what it was writing then is lost. */
const killedAt = (runtime: EmbeddedRuntime, count: number): EmbeddedRuntime => {
  let left = count;
  const id = (): string => {
    if (left === 0) throw KILLED;
    left -= 1;
    return runtime.world.clock.id();
  };
  const world: World = { ...runtime.world, clock: { ...runtime.world.clock, id } };
  return { ...runtime, world };
};

/** Makes the demonstration, killed again and again; answers how often it was. */
const seeded = async (runtime: EmbeddedRuntime, ids: number): Promise<number> => {
  for (let kills = 0; ; kills += 1)
    try {
      await seedDemonstration(killedAt(runtime, ids), () => undefined);
      return kills;
    } catch (error) {
      if (error !== KILLED) throw error;
    }
};

/** What the demonstration comes to, without ids and times of its making. */
const outcomeOf = async (runtime: EmbeddedRuntime) => {
  const call = systemCall(runtime, "test");
  const { invoices } = await listInvoices.run(call, { page_size: 200 });
  const { payments } = await listPayments.run(call, { page_size: 200 });
  const { accounts } = await trialBalance.run(call, {});
  return {
    invoices: invoices.map((one) => [one.invoice_id, one.status, one.number, one.total_usd_exact, one.open_usd_exact]),
    payments: payments
      .map((one) => `${one.provider_ref} ${one.invoice_id} ${one.status} ${one.amount}`)
      .toSorted((a, b) => (a < b ? -1 : 1)),
    accounts,
  };
};

test(
  "a first start that is killed at any moment goes on at the next: the demonstration is the same as made in one go",
  { timeout: 300_000 },
  async () => {
    const whole = await opened("whole", async (runtime) => {
      expect(await seeded(runtime, Number.POSITIVE_INFINITY)).toBe(0);
      return outcomeOf(runtime);
    });
    await opened("killed", async (runtime) => {
      expect(await seeded(runtime, 47)).toBeGreaterThan(3);
      expect(await outcomeOf(runtime)).toEqual(whole);
    });
  },
);
