import type { TenantId, UserId } from "../src/kernel/index.ts";
import type { Clock } from "../src/ports/index.ts";
import { type Actor, type Call, isTenantRole, ROLES, type Role, type World } from "../src/record/index.ts";

/** A clock that stands still until it is moved, and counts its ids. */
export interface TestClock extends Clock {
  set(instant: string): void;
}

export const testClock = (start: string): TestClock => {
  let now = new Date(start);
  let ids = 0;
  return {
    now: () => now,
    id: () => `${now.getTime().toString(36).toUpperCase()}${(ids += 1).toString(36).toUpperCase().padStart(6, "0")}`,
    set: (instant) => {
      now = new Date(instant);
    },
  };
};

/** An actor with a role, named after a person unless said otherwise. */
export const actorOf = (role: Role, name: string = role, tenantId?: TenantId): Actor => ({
  type: isTenantRole(role) ? "tenant_user" : "operator_user",
  id: `USR-${name}`,
  person: `USR-${name}` satisfies UserId,
  scopes: new Set(ROLES[role]),
  tenantId,
});

export const callAs = (world: World, actor: Actor, idempotencyKey?: string): Call => ({
  world,
  actor,
  traceId: "test",
  ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
});
