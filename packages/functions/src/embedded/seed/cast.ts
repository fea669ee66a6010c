import { listUsers } from "@commops/core/tenants";
import { type Actor, type Call, isRole, ROLES, systemActor, type World } from "@commops/core/record";
import { type TenantId, unreachable, type UserId } from "@commops/core/kernel";
import type { DEMO_PEOPLE } from "./catalog.ts";

type Name = (typeof DEMO_PEOPLE)[number]["userName"];

/** The demonstration's people, acting at a moment of its story: their calls see a clock that stands there. */
export interface Cast {
  readonly at: Date;
  as(name: Name): Promise<Call>;
  readonly system: Call;
}

const actorNamed = async (system: Call, name: Name): Promise<Actor> => {
  const { users } = await listUsers.run(system, { page_size: 200 });
  const user = users.find((candidate) => candidate.user_name === name);
  if (!user || !isRole(user.role)) return unreachable(`the demonstration's ${name} is not there`);
  const id = user.user_id satisfies UserId;
  const tenantId: TenantId | undefined = user.tenant_id ?? undefined;
  return {
    type: tenantId === undefined ? "operator_user" : "tenant_user",
    id,
    person: id,
    scopes: new Set(ROLES[user.role]),
    tenantId,
  };
};

export const castAt = (world: World, at: Date): Cast => {
  const then: World = { ...world, clock: { ...world.clock, now: () => at } };
  const call = (actor: Actor): Call => ({ world: then, actor, traceId: "demonstration" });
  const system = call(systemActor("demonstration"));
  return { at, as: async (name) => call(await actorNamed(system, name)), system };
};
