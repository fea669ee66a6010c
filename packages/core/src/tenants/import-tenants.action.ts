import { z } from "zod";
import { hasNoPlans, readPlan } from "../catalog/index.ts";
import { missing, type TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { type ActionDoor, action } from "../record/index.ts";
import { cycleAt, type Day, dayOf } from "../time/index.ts";
import { planBinding } from "./bind-plan.action.ts";
import { issuingEntity } from "./issuing-entity.store.ts";
import { contactInput, createTenantInput } from "./tenant.ts";
import { findTenant, insertTenant, readBindings, saveSeats, updateTenant } from "./tenants.store.ts";
import { freeSuffix } from "./suffix.store.ts";

const importRow = createTenantInput
  .pick({ tenant_id: true, tenant_name: true, plan_code: true, seats: true })
  .extend({ billing_contact: contactInput.optional() });

/**
 * Creates or updates tenants from rows (a CSV with tenant_id, tenant_name, plan_code, seats), all or none.
 * A tenant that is there keeps its plan and contact; its name and seats follow the row. A new one is bound from the day its plan
 * came into effect, so that the months before the import can be billed. Where no plan was published yet, tenants come first: they are
 * named in `unbound`, and a later import binds them.
 */
export const importTenants = action(
  "tenants.import",
  { needs: "tenant:write", input: z.object({ rows: z.array(importRow).min(1).max(20_000) }) },
  async (door, { rows }) => {
    const seatsFrom = cycleAt(dayOf(door.now), 1).start;
    return door.save(
      { objectType: "tenant_import", objectId: door.clock.id(), metadata: { rows: rows.length } },
      async (tx) => {
        const { entityId } = await issuingEntity(tx);
        const isPlanless = await hasNoPlans(tx);
        const unbound: TenantId[] = [];
        let created = 0;
        for (const row of rows) {
          const found = await findTenant(tx, row.tenant_id);
          if (found) await updateTenant(tx, { ...found, tenantName: row.tenant_name }, door.now);
          else {
            created += 1;
            await insertTenant(tx, {
              tenantId: row.tenant_id,
              tenantName: row.tenant_name,
              status: "active",
              billingContact: row.billing_contact ?? { name: row.tenant_name, address_lines: [] },
              taxProfile: { taxes: [] },
              entityId,
              invoiceSuffix: await freeSuffix(tx, row.tenant_id),
              isSynthetic: false,
              createdAt: door.now,
            });
          }
          let from = (await readBindings(tx, [row.tenant_id])).length > 0 ? seatsFrom : undefined;
          if (from === undefined && row.plan_code !== undefined && found?.status !== "closed") {
            if (isPlanless) unbound.push(row.tenant_id);
            else from = await bindFromEffect(tx, row.tenant_id, row.plan_code, door);
          }
          if (row.seats !== undefined)
            await saveSeats(tx, {
              tenantId: row.tenant_id,
              effectiveFrom: from ?? seatsFrom,
              seats: row.seats,
              now: door.now,
            });
        }
        return { rows: rows.length, created, updated: rows.length - created, unbound };
      },
    );
  },
);

/** Binds a tenant from the day the plan came into effect, and answers that day. */
const bindFromEffect = async (tx: Tx, tenantId: TenantId, planCode: string, door: ActionDoor): Promise<Day> => {
  const published = await readPlan(tx, planCode);
  if (!published) throw missing("plan", planCode);
  const start = published.plan.effective_from;
  await (await planBinding(tx, { tenantId, planCode, start, clock: door.clock })).save(tx, door.now);
  return start;
};
