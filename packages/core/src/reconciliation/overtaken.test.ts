import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { type AllocationWorld, allocationWorld } from "../../testing/allocation-world.ts";
import { allocatePeriod } from "../allocation/index.ts";
import type { DeliveryId } from "../kernel/index.ts";
import type { Call } from "../record/index.ts";
import { reconciliationSummary, runReconciliation } from "./index.ts";

let world: AllocationWorld;
let finance: Call;
beforeAll(async () => {
  world = await allocationWorld();
  finance = callAs(world.call.world, actorOf("finance"));
  await world.use({ "TEN-A": "1", "TEN-B": "2" });
});
afterAll(() => world.database.close());

const period = "2025-09";
const run = (call = finance) => runReconciliation.run(call, { period });

/** A caller between whose reading and writing something happens. */
const overtakenBy = (happens: () => Promise<unknown>): Call => {
  let isOvertaken = false;
  const transaction: typeof world.database.transaction = async (scope, work) => {
    const result = await world.database.transaction(scope, work);
    if (!isOvertaken) {
      isOvertaken = true;
      await happens();
    }
    return result;
  };
  return { ...finance, world: { ...finance.world, database: { ...world.database, transaction } } };
};

const deliver = async (id: DeliveryId, amortizedCost: string): Promise<void> => {
  await world.deliver(id, [{ amortizedCost, tenantTag: "TEN-B" }], {});
  await allocatePeriod.run(world.call, { period });
};

test("who read before another reconciled, and writes after it, looks again instead of covering newer figures with older ones", async () => {
  await deliver("CUR-1", "2");
  const found = await run(
    overtakenBy(async () => {
      await deliver("CUR-2", "3");
      await run();
    }),
  );
  expect(found.aws_total_usd).toBe(5);
  expect(await reconciliationSummary.run(finance, { period })).toMatchObject({
    recon_id: found.recon_id,
    aws_total_usd: 5,
    is_current: true,
  });
});
