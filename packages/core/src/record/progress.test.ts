import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import { testDatabase } from "../../testing/database.ts";
import { memoryFiles } from "../../testing/files.ts";
import type { Json, TenantId } from "../kernel/index.ts";
import { precondition } from "../kernel/index.ts";
import type { Database, TaskProgress } from "../ports/index.ts";
import { action, type World } from "./index.ts";
import { auditEvent } from "./record.sql.ts";

let database: Database;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = { database, files: memoryFiles(), clock: testClock("2026-07-10T08:00:00Z") } as unknown as World;
});
afterAll(() => database.close());

const rule = { needs: "tenant:write", input: z.object({ name: z.string() }) } as const;
const note = action("test.note", rule, (door, { name }) =>
  door.save({ objectType: "note", objectId: name }, async () => ({ id: door.clock.id() })),
);
const outer = action("test.outer", rule, async (door, { name }) => {
  await note.run(door.call, { name: `${name} inside` });
  return door.save({ objectType: "note", objectId: name }, async () => ({ id: door.clock.id() }));
});

const notes = (name: string) =>
  database.transaction("operator", (tx) => tx.select().from(auditEvent).where(eq(auditEvent.objectId, name)));

const kept = (entries = new Map<string, Json>()): TaskProgress & { readonly entries: Map<string, Json> } => ({
  entries,
  recall: (step) => (entries.has(step) ? { result: entries.get(step) ?? null } : undefined),
  keep: async (_tx, step, result) => void entries.set(step, result),
});

test("a task that is made again gives back what its use case had saved, and saves nothing twice", async () => {
  const progress = kept();
  const call = { ...callAs(world, actorOf("admin")), progress };
  const first = await note.run(call, { name: "once" });
  expect(await note.run(call, { name: "once" })).toEqual(first);
  expect(await notes("once")).toHaveLength(1);
  expect(await note.run(call, { name: "other" })).not.toEqual(first);
});

test("what cannot be left with the task is not changed either", async () => {
  const progress: TaskProgress = { ...kept(), keep: () => Promise.reject(precondition("the execution has ended")) };
  const call = { ...callAs(world, actorOf("admin")), progress };
  await expect(note.run(call, { name: "refused" })).rejects.toMatchObject({ kind: "precondition" });
  expect(await notes("refused")).toHaveLength(0);
});

test("a use case within another one leaves nothing of its own: the outer one is done as a whole or again", async () => {
  const progress = kept();
  await outer.run({ ...callAs(world, actorOf("admin")), progress }, { name: "whole" });
  expect([...progress.entries.keys()].map((step) => step.split(" ")[0])).toEqual(["test.outer"]);
});

test("executions are the operator's: a tenant sees none and makes none", async () => {
  const tables = ["workflow_execution", "workflow_journal", "workflow_event", "workflow_task_token"];
  const insert = sql`insert into workflow_journal (execution_no, scope, key, value) values (1, '', '/a', '1')`;
  await database.transaction("operator", (tx) => tx.execute(insert));
  const tenant = { tenantId: "TEN-A" as TenantId };
  for (const table of tables) {
    const rows = await database.transaction(tenant, (tx) => database.rows(tx, sql.raw(`select * from ${table}`)));
    expect(rows).toEqual([]);
  }
  await expect(database.transaction(tenant, (tx) => tx.execute(insert))).rejects.toMatchObject({ kind: "missing" });
  const secured = await database.transaction("operator", (tx) =>
    database.rows<{ name: string }>(
      tx,
      sql`select relname as name from pg_class where relrowsecurity and relname like 'workflow\\_%' and relkind = 'r' order by 1`,
    ),
  );
  expect(secured.map((row) => row.name)).toEqual(tables.toSorted());
});
