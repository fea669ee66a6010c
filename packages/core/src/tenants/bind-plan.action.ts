import { randomUUID } from "node:crypto";
import { isDowngrade, type PlanDefinition, readPlan, readPlanVersions, versionOn } from "../catalog/index.ts";
import { invalid, missing, precondition, Problem, type TenantId } from "../kernel/index.ts";
import type { Clock, Tx } from "../ports/index.ts";
import { addDays, cycleAt, type Day, dayOf, endExclusive } from "../time/index.ts";
import { action } from "../record/index.ts";
import { type Binding, bindingBefore, peakSeats, planChange, prorationFactor } from "./segments.ts";
import { bindPlanInput } from "./tenant.ts";
import {
  endBindings,
  findTenant,
  insertBinding,
  lockTenantPlan,
  readBindings,
  readSeats,
  saveSeats,
} from "./tenants.store.ts";

/** The version of the plan that a change on a day starts from; undefined where the tenant had none. */
const planBefore = async (tx: Tx, bindings: readonly Binding[], start: Day): Promise<PlanDefinition | undefined> => {
  const before = bindingBefore(bindings, start);
  if (!before) return undefined;
  return versionOn(await readPlanVersions(tx, [before.planCode]), before.planCode, addDays(start, -1))?.plan;
};

const decideChange = async (tx: Tx, tenantId: TenantId, start: Day, next: PlanDefinition) => {
  const bindings = await readBindings(tx, [tenantId]);
  const before = await planBefore(tx, bindings, start);
  const change = planChange(bindings, start, before !== undefined && isDowngrade(before, next));
  const cycle = cycleAt(change.effective, 1);
  return { ...change, cycle, factor: prorationFactor({ start: change.effective, end: cycle.end }, cycle) };
};

/** Decides a binding from a day on, or from the next cycle where it is a downgrade; `save` writes it and ends what it replaces. */
export const planBinding = async (
  tx: Tx,
  wish: { readonly tenantId: TenantId; readonly planCode: string; readonly start: Day; readonly clock: Clock },
) => {
  const published = await readPlan(tx, wish.planCode);
  if (!published) throw missing("plan", wish.planCode);
  const { tenantId } = wish;
  const today = dayOf(wish.clock.now());
  const planCode = published.plan.plan_code;
  const bindingId = randomUUID();
  const { effective, cycle, factor } = await decideChange(tx, tenantId, wish.start, published.plan);
  return {
    bindingId,
    planCode,
    start: effective,
    cycle,
    factor,
    save: async (write: Tx, now: Date) => {
      await lockTenantPlan(write, tenantId);
      const change = await decideChange(write, tenantId, wish.start, published.plan);
      if (change.effective !== effective)
        throw new Problem(
          "version",
          "FAILED_PRECONDITION",
          `the plan of tenant ${tenantId} was changed meanwhile. Read the tenant again, then repeat the change.`,
        );
      await endBindings(write, change.ends, today);
      await insertBinding(write, {
        bindingId,
        tenantId,
        planCode,
        start: effective,
        end: undefined,
        prorationFactor: factor,
        status: effective <= today ? "active" : "scheduled",
        now,
      });
    },
  };
};

/**
 * Binds a plan from a day on. An upgrade takes effect on that day, a downgrade with the next cycle; the binding in force goes on until then. A
 * second change of the same day replaces the first.
 */
export const bindPlan = action(
  "tenants.bind-plan",
  { needs: "tenant:write", input: bindPlanInput },
  async (door, input) => {
    const { tenant_id: tenantId } = input;
    const { binding, seats } = await door.load(async (tx) => {
      const tenant = await findTenant(tx, tenantId);
      if (!tenant) throw missing("tenant", tenantId);
      if (tenant.status === "closed")
        throw precondition(`tenant ${tenantId} is closed, and a closed tenant gets no plan. Create a new one.`);
      const wish = { tenantId, planCode: input.plan_code, start: input.effective_from, clock: door.clock };
      const decided = await planBinding(tx, wish);
      const on = { start: decided.start, end: decided.start };
      return { binding: decided, seats: peakSeats(await readSeats(tx, [tenantId]), on) };
    });
    const { start, cycle } = binding;
    if (!input.proration && start !== cycle.start)
      throw invalid(
        "proration",
        `a plan that starts in mid-month is billed for its days. Leave proration out, or bind from ${cycle.start} or ${endExclusive(cycle)}.`,
      );
    const result = {
      binding_id: binding.bindingId,
      plan_code: binding.planCode,
      period_start: start,
      period_end: cycle.end,
      proration_factor: Number(binding.factor),
      seats: input.seats ?? seats,
    };
    return door.save(
      { objectType: "tenant", objectId: tenantId, tenantId, metadata: { plan_code: binding.planCode, from: start } },
      async (tx) => {
        await binding.save(tx, door.now);
        if (input.seats !== undefined)
          await saveSeats(tx, { tenantId, effectiveFrom: start, seats: input.seats, now: door.now });
        return result;
      },
    );
  },
);
