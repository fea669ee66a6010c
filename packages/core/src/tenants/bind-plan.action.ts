import { randomUUID } from "node:crypto";
import { readPlan } from "../catalog/index.ts";
import { invalid, missing, type TenantId } from "../kernel/index.ts";
import type { Clock, Tx } from "../ports/index.ts";
import { cycleAt, type Day, dayOf, endExclusive } from "../time/index.ts";
import { action } from "../record/index.ts";
import { closeBefore, peakSeats, prorationFactor } from "./segments.ts";
import { bindPlanInput } from "./tenant.ts";
import { endBindings, findTenant, insertBinding, readBindings, readSeats, saveSeats } from "./tenants.store.ts";

/** Decides a binding from a day on; `save` writes it and ends what it replaces. */
export const planBinding = async (
  tx: Tx,
  wish: { readonly tenantId: TenantId; readonly planCode: string; readonly start: Day; readonly clock: Clock },
) => {
  const published = await readPlan(tx, wish.planCode);
  if (!published) throw missing("plan", wish.planCode);
  const { tenantId, start } = wish;
  const cycle = cycleAt(start, 1);
  const today = dayOf(wish.clock.now());
  const planCode = published.plan.plan_code;
  const binding = { bindingId: randomUUID(), tenantId, planCode, start, end: undefined };
  const factor = prorationFactor({ start, end: cycle.end }, cycle);
  return {
    ...binding,
    cycle,
    factor,
    save: async (write: Tx, now: Date) => {
      await endBindings(write, closeBefore(await readBindings(write, [tenantId]), start), today);
      await insertBinding(write, {
        ...binding,
        prorationFactor: factor,
        status: start <= today ? "active" : "scheduled",
        now,
      });
    },
  };
};

/** Binds a plan from a day on. The binding in force ends the day before; a second change on the same day replaces the first. */
export const bindPlan = action(
  "tenants.bind-plan",
  { needs: "tenant:write", input: bindPlanInput },
  async (door, input) => {
    const { tenant_id: tenantId, effective_from: start } = input;
    if (!input.proration && start !== cycleAt(start, 1).start)
      throw invalid(
        "proration",
        `a plan that starts in mid-month is billed for its days. Leave proration out, or bind from ${cycleAt(start, 1).start} or ${endExclusive(cycleAt(start, 1))}.`,
      );
    const { binding, seats } = await door.load(async (tx) => {
      if (!(await findTenant(tx, tenantId))) throw missing("tenant", tenantId);
      return {
        binding: await planBinding(tx, { tenantId, planCode: input.plan_code, start, clock: door.clock }),
        seats: peakSeats(await readSeats(tx, [tenantId]), { start, end: start }),
      };
    });
    const result = {
      binding_id: binding.bindingId,
      plan_code: binding.planCode,
      period_start: start,
      period_end: binding.cycle.end,
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
