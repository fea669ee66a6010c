import { listAuditEvents } from "@commops/core/record";
import { type TestWorld, actorOf, callAs, testWorld } from "@commops/core/testing/world.ts";
import { tableSizes } from "@commops/core/testing/table-sizes.ts";
import { afterEach, expect, test } from "vitest";
import { machineHouse } from "../../testing/machines.ts";
import { scheduledWork } from "../embedded/machines.ts";
import { runDue } from "../embedded/scheduler.ts";
import { performTask } from "../tasks.ts";

let world: TestWorld;
afterEach(() => world.close());

test("every night the journals of executions that ended 90 days ago are removed, with an audit event, and once", async () => {
  world = await testWorld("2026-07-10T08:00:00Z");
  const asked: Date[] = [];
  let found = 3;
  world.workflows.removeJournals = async (endedBefore) => {
    asked.push(endedBefore);
    const executions = found;
    found = 0;
    return { executions };
  };
  const house = machineHouse(world);
  const nightly = scheduledWork(house.context).filter(({ name }) => name === "remove-journals");
  await runDue(house.context.call, nightly);
  world.clock.set("2026-07-11T02:30:00Z");
  expect(await runDue(house.context.call, nightly)).toEqual(["remove-journals"]);
  expect(asked).toEqual([new Date("2026-04-12T02:30:00Z")]);
  const { events } = await listAuditEvents.run(callAs(world, actorOf("auditor")), { object_id: "journals" });
  expect(events).toMatchObject([
    {
      action: "workflows.remove-journals",
      metadata: { keep_days: 90, executions: 3, ended_before: "2026-04-12T02:30:00.000Z" },
    },
  ]);
  const before = await tableSizes(world.database);
  expect(await performTask("remove-journals", house.context, { keep_days: "90" })).toEqual({ executions: 0 });
  expect(await tableSizes(world.database)).toEqual(before);
});

test("nothing that could still be redriven in AWS is removed", async () => {
  world = await testWorld();
  const { context } = machineHouse(world);
  await expect(performTask("remove-journals", context, { keep_days: "13" })).rejects.toMatchObject({ kind: "invalid" });
});
