import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import { testDatabase } from "../../testing/database.ts";
import { memoryFiles } from "../../testing/files.ts";
import type { ApprovalId } from "../kernel/index.ts";
import type { Database } from "../ports/index.ts";
import { systemActor, type World } from "../record/index.ts";
import {
  approvalExpiry,
  decideApproval,
  type Decision,
  getApproval,
  latestApproval,
  listApprovals,
  readApproval,
  requestApproval,
  supersedeApproval,
} from "./index.ts";

let database: Database;
const clock = testClock("2026-07-10T08:00:00Z");
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = { database, clock, files: memoryFiles() } as unknown as World;
});
afterAll(() => database.close());

const ask = (subjectId: string, digest: string, now = clock.now()) =>
  database.transaction("operator", (tx) =>
    requestApproval(tx, {
      approvalId: `APR-${clock.id()}`,
      kind: "invoice",
      subjectId,
      tenantId: null,
      digest,
      preparedBy: ["USR-olga"],
      requestedBy: "USR-olga",
      summary: { total: "12.00" },
      now,
      expiresAt: approvalExpiry(now),
    }),
  );
const decide = (approvalId: ApprovalId, change: Partial<Decision>) =>
  database.transaction("operator", (tx) =>
    decideApproval(tx, approvalId, {
      verdict: "approved",
      digest: "sha256:a",
      actor: actorOf("approver", "anna"),
      now: clock.now(),
      ...change,
    }),
  );
const stateOf = async (approvalId: ApprovalId) =>
  (await database.transaction("operator", (tx) => readApproval(tx, approvalId))).state;

test("a second person approves once, and a repeat of the decision changes nothing", async () => {
  const { approvalId } = await ask("INV-1", "sha256:a");
  const first = await decide(approvalId, {});
  expect(first).toMatchObject({ isNew: true, approval: { state: "approved", decidedBy: "USR-anna" } });
  expect(await decide(approvalId, {})).toEqual({ ...first, isNew: false });
  await expect(decide(approvalId, { verdict: "rejected" })).rejects.toMatchObject({ kind: "precondition" });
  await expect(decide(approvalId, { actor: actorOf("approver", "ben") })).rejects.toMatchObject({
    kind: "precondition",
  });
});

test("nobody approves what they prepared: 403 that names the four-eyes rule, and the request stays pending", async () => {
  const { approvalId } = await ask("INV-2", "sha256:a");
  await expect(decide(approvalId, { actor: actorOf("admin", "olga") })).rejects.toMatchObject({
    kind: "forbidden",
    code: "PERMISSION_DENIED",
    message: expect.stringContaining("four-eyes rule"),
  });
  expect(await stateOf(approvalId)).toBe("pending");
});

test("a machine and a person without billing:approve never approve", async () => {
  const { approvalId } = await ask("INV-3", "sha256:a");
  await expect(decide(approvalId, { actor: systemActor("scheduler") })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(decide(approvalId, { actor: actorOf("billing_operator", "bea") })).rejects.toMatchObject({
    kind: "forbidden",
  });
  await expect(decide(approvalId, { actor: { ...actorOf("approver"), person: undefined } })).rejects.toMatchObject({
    kind: "forbidden",
  });
  expect(await stateOf(approvalId)).toBe("pending");
});

test("a stale digest is refused with both digests named", async () => {
  const { approvalId } = await ask("INV-4", "sha256:a");
  const refusal = await decide(approvalId, { digest: "sha256:old" }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ kind: "precondition", code: "FAILED_PRECONDITION" });
  expect(String(refusal)).toMatch(/sha256:a.*sha256:old/);
});

test("asking again for the same digest is the same request; for another digest the old one is superseded", async () => {
  const first = await ask("INV-5", "sha256:a");
  expect(await ask("INV-5", "sha256:a")).toEqual(first);
  const second = await ask("INV-5", "sha256:b");
  expect(second.approvalId).not.toBe(first.approvalId);
  expect(await stateOf(first.approvalId)).toBe("superseded");
  await expect(decide(first.approvalId, {})).rejects.toMatchObject({ kind: "precondition" });
  await database.transaction("operator", (tx) =>
    supersedeApproval(tx, { kind: "invoice", subjectId: "INV-5", reason: "discarded", now: clock.now() }),
  );
  const last = await database.transaction("operator", (tx) =>
    latestApproval(tx, { kind: "invoice", subjectId: "INV-5" }),
  );
  expect(last).toMatchObject({ approvalId: second.approvalId, state: "superseded", reason: "discarded" });
});

test("an expired request is not decided, and asking again makes a new one", async () => {
  const { approvalId, expiresAt } = await ask("INV-6", "sha256:a");
  await expect(decide(approvalId, { now: expiresAt })).rejects.toThrow(/expired/);
  expect((await ask("INV-6", "sha256:a", expiresAt)).approvalId).not.toBe(approvalId);
});

test("of two decisions at once exactly one is written", async () => {
  const { approvalId } = await ask("INV-7", "sha256:a");
  const outcomes = await Promise.allSettled(
    ["anna", "ben", "carl"].map((name, index) =>
      decide(approvalId, { actor: actorOf("approver", name), verdict: index === 1 ? "rejected" : "approved" }),
    ),
  );
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
});

test("the inbox filters by state and kind, and pages", async () => {
  await ask("INV-8", "sha256:a");
  const call = callAs(world, actorOf("approver"));
  const all = await listApprovals.run(call, { state: "pending", kind: "invoice" });
  expect(all.approvals.every((approval) => approval.state === "pending")).toBe(true);
  expect(await listApprovals.run(call, { kind: "manual_payment" })).toEqual({ approvals: [], next_page_token: null });
  const first = await listApprovals.run(call, { state: "pending", page_size: 1 });
  const rest = await listApprovals.run(call, { state: "pending", page_token: first.next_page_token ?? undefined });
  expect([...first.approvals, ...rest.approvals]).toEqual(all.approvals);
  const one = all.approvals[0];
  expect(one && (await getApproval.run(call, { approval_id: one.approval_id }))).toEqual(one);
});

test("a tenant's token does not reach the inbox", async () => {
  const tenant = actorOf("tenant_admin", "tina", "TEN-A" as Parameters<typeof actorOf>[2]);
  await expect(listApprovals.run(callAs(world, tenant), {})).rejects.toMatchObject({ kind: "forbidden" });
});
