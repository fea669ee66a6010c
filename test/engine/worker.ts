/**
 * A server that is to be killed: it starts one more execution, goes on with those that earlier ones left, answers pending tokens, and ends
 * when all are done. It kills itself right after the save of an effect, when told the number of that save.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { systemClock } from "@commops/core/adapters/embedded/clock.ts";
import { openEmbedded } from "@commops/core/adapters/embedded/database.ts";
import type { TaskFunction } from "@commops/core/adapters/embedded/engine/durable/tasks.ts";
import { openWorkflows } from "@commops/core/adapters/embedded/workflows.ts";
import { type Json, Problem } from "@commops/core/kernel";
import { action, type Call, systemActor, type World } from "@commops/core/record";
import { addEffect, countEffects, tokensOf } from "@commops/core/testing/effects.ts";
import { memoryFiles } from "@commops/core/testing/files.ts";
import { answer } from "./answer.ts";
import { machine } from "./machine.ts";

const [folder = "", run = "0", dieAfter = "0", unkept = ""] = process.argv.slice(2);

const database = await openEmbedded({ folder });
const workflows = openWorkflows({ database, files: memoryFiles(), machines: { crash: machine }, isAlone: true });
const call: Call = {
  world: { database, clock: systemClock, workflows } as unknown as World,
  actor: systemActor("crash"),
  traceId: "crash",
};

const effectInput = z.looseObject({ run: z.string(), effect: z.string(), token: z.string().optional() });
const record = action("crash.effect", { needs: "admin", input: effectInput }, (door, input) =>
  door.save({ objectType: "effect", objectId: input.effect }, async (tx) => {
    await addEffect(tx, input);
    return { effect: input.effect };
  }),
);

let saves = 0;
const work =
  (name: string): TaskFunction =>
  async (payload, { progress }): Promise<Json> => {
    const { fails } = z.looseObject({ fails: z.number().optional() }).parse(payload);
    if ((fails ?? 0) > 0) throw Object.assign(new Error("try again"), { name: "Busy" });
    await sleep(5);
    // Without its journal a task forgets what it has saved.
    const done = await record.run({ ...call, progress: name === unkept ? undefined : progress }, payload as never);
    saves += 1;
    if (saves === Number(dieAfter)) process.kill(process.pid, "SIGKILL");
    await sleep(5);
    return { ...done };
  };

workflows.run({ work: work("work"), item: work("item"), ask: work("ask") }, (executionArn, error) => {
  process.stderr.write(`${executionArn}: ${String(error)}\n`);
});
await workflows.start({ machine: "crash", name: `run-${run}`, input: {} }).catch((error: unknown) => {
  // This run was started before, by one that was killed.
  if (!(error instanceof Problem) || error.kind !== "exists") throw error;
});
process.stdout.write("ready\n");

for (;;) {
  for (const token of await tokensOf(database)) await answer(workflows, token);
  const { rows: running } = await workflows.list({ machine: "crash", status: "RUNNING", size: 200 });
  if (running.length === 0) break;
  await sleep(100);
}
const { rows: executions } = await workflows.list({ machine: "crash", size: 200 });
const runs = executions.map(({ name, status }) => ({ name, status }));
const counts = Object.fromEntries(await countEffects(database));
await workflows.close();
await database.close();
process.stdout.write(`${JSON.stringify({ runs, counts })}\n`);
