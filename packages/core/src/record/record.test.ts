import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testDatabase } from "../../testing/database.ts";
import type { Database } from "../ports/index.ts";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import {
  action,
  view,
  type Call,
  enqueue,
  claimEffects,
  finishEffect,
  releaseEffect,
  sealAudit,
  verifyAudit,
  type World,
} from "./index.ts";
import { appendAudit } from "./audit.store.ts";
import { memoryFiles } from "../../testing/files.ts";
import { tampered } from "../../testing/tampering.ts";
import { auditEvent, outbox } from "./record.sql.ts";

let database: Database;
let world: World;
let call: Call;
beforeAll(async () => {
  database = await testDatabase();
  world = { database, files: memoryFiles(), clock: testClock("2026-07-10T08:00:00Z") } as unknown as World;
  call = callAs(world, actorOf("admin"));
});
afterAll(() => database.close());

const greet = action(
  "test.greet",
  { needs: "tenant:write", input: z.object({ name: z.string().min(1) }) },
  (door, input) =>
    door.save({ objectType: "greeting", objectId: input.name }, async (tx) => {
      if (input.name === "fail") throw new Error("after the write began");
      await enqueue(tx, {
        topic: "greet",
        effectKey: input.name,
        payload: {},
        outboxId: door.clock.id(),
        now: door.now,
      });
      return { name: input.name, id: door.clock.id() };
    }),
);

const eventsOf = (objectId: string) =>
  database.transaction("operator", (tx) => tx.select().from(auditEvent).where(eq(auditEvent.objectId, objectId)));

test("an action without its scope is refused and writes nothing", async () => {
  await expect(greet.run(callAs(world, actorOf("auditor")), { name: "nobody" })).rejects.toMatchObject({
    kind: "forbidden",
  });
  expect(await eventsOf("nobody")).toHaveLength(0);
});

test("bad input names its field", async () => {
  await expect(greet.run(call, { name: "" })).rejects.toMatchObject({ kind: "invalid", details: [{ field: "name" }] });
});

test("bad input says what was expected, also of an id and where several types are", async () => {
  const pay = view(
    "test.pay",
    {
      needs: "tenant:read",
      input: z.object({ id: z.templateLiteral(["INV-", z.string()]), sum: z.union([z.string(), z.number()]) }),
    },
    () => Promise.resolve(null),
  );
  await expect(pay.run(call, { id: "7", sum: true } as never)).rejects.toMatchObject({
    details: [
      { field: "id", reason: "not an id that starts with INV-" },
      { field: "sum", reason: "expected string or number" },
    ],
  });
});

test("the change and its audit event commit together or not at all", async () => {
  await greet.run(call, { name: "Ada" });
  expect(await eventsOf("Ada")).toMatchObject([{ action: "test.greet", actorId: "USR-admin" }]);
  await expect(greet.run(call, { name: "fail" })).rejects.toThrow("after the write began");
  expect(await eventsOf("fail")).toHaveLength(0);
});

test("the same idempotency key and body give the first answer, another body is refused", async () => {
  const keyed = callAs(world, actorOf("admin"), "key-1");
  const first = await greet.run(keyed, { name: "Grace" });
  expect(JSON.stringify(await greet.run(keyed, { name: "Grace" }))).toBe(JSON.stringify(first));
  await expect(greet.run(keyed, { name: "Other" })).rejects.toMatchObject({ kind: "exists" });
  expect(await eventsOf("Grace")).toHaveLength(1);
});

test("two requests at once with one key have one effect and one answer", async () => {
  const keyed = callAs(world, actorOf("admin"), "key-2");
  const [a, b] = await Promise.all([greet.run(keyed, { name: "Twin" }), greet.run(keyed, { name: "Twin" })]);
  expect(a).toEqual(b);
  expect(await eventsOf("Twin")).toHaveLength(1);
});

test("an effect is claimed by one worker, comes back when its lease ends, and stops when it is done", async () => {
  await database.transaction("operator", (tx) => tx.update(outbox).set({ doneAt: new Date() }));
  await greet.run(call, { name: "mail" });
  const at = new Date("2026-07-10T09:00:00Z");
  const claim = (now: Date) =>
    database.transaction("operator", (tx) => claimEffects(tx, now, { limit: 5, leaseMs: 60_000 }));
  const [first] = await claim(at);
  expect(first).toMatchObject({ effectKey: "mail", attempts: 1 });
  expect(await claim(at)).toHaveLength(0);
  const again = await claim(new Date("2026-07-10T09:02:00Z"));
  expect(again).toMatchObject([{ effectKey: "mail", attempts: 2 }]);
  const id = first?.outboxId ?? "";
  await database.transaction("operator", (tx) =>
    releaseEffect(tx, id, { error: "busy", retryAt: new Date("2026-07-10T10:00:00Z"), now: at }),
  );
  expect(await claim(new Date("2026-07-10T09:30:00Z"))).toHaveLength(0);
  expect(await claim(new Date("2026-07-10T10:00:00Z"))).toHaveLength(1);
  await database.transaction("operator", (tx) => finishEffect(tx, id, at));
  expect(await claim(new Date("2026-07-11T10:00:00Z"))).toHaveLength(0);
});

test("audit events cannot be changed or deleted by the application", async () => {
  const tamper = (statement: string) => database.transaction("operator", (tx) => tx.execute(sql.raw(statement)));
  await expect(tamper("update audit_event set actor_id = 'x'")).rejects.toMatchObject({ kind: "precondition" });
  await expect(tamper("delete from audit_event")).rejects.toMatchObject({ kind: "precondition" });
});

const AUDIT = { tables: ["audit_event", "audit_seal"] };

test("a changed event, a removed event and a cut-off tail each break the chain and are named", async () => {
  await sealAudit(world);
  const auditor = callAs(world, actorOf("auditor"));
  const whole = await verifyAudit.run(auditor, {});
  expect(whole).toMatchObject({ ok: true, unsealed: 0, first_bad: null });
  expect(whole.checked).toBeGreaterThan(3);
  const asOwner = async (statement: string) =>
    tampered(
      world,
      { ...AUDIT, statements: [statement] },
      async (inside) => (await verifyAudit.run({ ...auditor, world: inside }, {})).first_bad?.reason,
    );
  const second = "(select event_id from audit_seal where position = 2)";
  expect(await asOwner(`update audit_event set actor_id = 'mallory' where event_id = ${second}`)).toMatch(
    /was changed/,
  );
  expect(await asOwner("delete from audit_seal where position = 2")).toMatch(/position 2 is missing/);
  expect(await asOwner(`delete from audit_seal where position = (select max(position) from audit_seal)`)).toMatch(
    /cut off/,
  );
  expect((await verifyAudit.run(auditor, {})).ok).toBe(true);
});

test("a cut-off tail still shows once later events were chained in its place", async () => {
  const auditor = callAs(world, actorOf("auditor"));
  const key = "evidence/audit-head.json";
  const kept = await world.files.get(key);
  const last = "(select max(position) - 1 from audit_seal)";
  const cut = `with gone as (delete from audit_seal where position >= ${last} returning event_id)
    delete from audit_event where event_id in (select event_id from gone)`;
  const verdict = await tampered(world, { ...AUDIT, statements: [cut] }, async (inside) => {
    for (const objectId of ["1", "2", "3"]) {
      const entry = { action: "test.later", actor: auditor.actor, traceId: "t", occurredAt: world.clock.now() };
      await inside.database.transaction("operator", (tx) =>
        appendAudit(tx, { ...entry, objectType: "thing", objectId }),
      );
    }
    expect((await sealAudit(inside)).sealed).toBe(3);
    return verifyAudit.run({ ...auditor, world: inside }, {});
  });
  expect(verdict).toMatchObject({ ok: false, first_bad: { reason: expect.stringMatching(/cut off/) } });
  expect(await world.files.get(key)).toEqual(kept);
});

test("every table with a tenant_id has forced row-level security", async () => {
  const open = await database.transaction("operator", (tx) =>
    database.rows<{ relname: string }>(
      tx,
      sql`select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)`,
    ),
  );
  expect(open).toEqual([]);
});
