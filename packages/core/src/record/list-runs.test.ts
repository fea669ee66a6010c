import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { actorOf, callAs } from "../../testing/actors.ts";
import { type TestWorld, testWorld } from "../../testing/world.ts";
import { isTenantId } from "../kernel/index.ts";
import { action, getRun, listRuns, queueRun } from "./index.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());

const tenantId = z.string().refine(isTenantId);
const acme = tenantId.parse("TEN-ACME");
const work = action(
  "probe.draft",
  { needs: ["billing:write", "self:write"], input: z.object({ tenant_id: tenantId }) },
  async (door, input) => door.unchanged({ digest: input.tenant_id }),
);

test("a tenant sees the runs that its own people asked for, and none of the operator's about it: they tell of drafts", async () => {
  const operator = callAs(world, actorOf("billing_operator"));
  const own = callAs(world, actorOf("tenant_admin", "tina", acme));
  const drafted = await queueRun(operator, work, { tenant_id: acme });
  const asked = await queueRun(own, work, { tenant_id: acme });
  await expect(getRun.run(own, { run_id: drafted.run_id })).rejects.toMatchObject({ kind: "missing" });
  expect((await listRuns.run(own, {})).runs.map((run) => run.run_id)).toEqual([asked.run_id]);
  expect(await getRun.run(own, { run_id: asked.run_id })).toMatchObject({ run_id: asked.run_id });
  expect((await listRuns.run(operator, {})).runs.map((run) => run.run_id)).toEqual([asked.run_id, drafted.run_id]);
});
