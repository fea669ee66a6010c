import { z } from "zod";
import {
  exists,
  forbidden,
  invalid,
  missing,
  pageInput,
  pageOf,
  pageRequest,
  Problem,
  type TenantId,
  tenantIdInput,
} from "../kernel/index.ts";
import { cycleAt, type Day, dayOf } from "../time/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, assertOwnTenant, view } from "../record/index.ts";
import { planBinding } from "./bind-plan.action.ts";
import { issuingEntity } from "./issuing-entity.store.ts";
import { freeSuffix } from "./suffix.store.ts";
import { endsOnLeaving, peakSeats, segmentsIn } from "./segments.ts";
import { changeTenantInput, createTenantInput } from "./tenant.ts";
import {
  endBindings,
  findTenant,
  insertTenant,
  lockTenantPlan,
  pageTenants,
  readBindings,
  readSeats,
  saveSeats,
  type Tenant,
  updateTenant,
} from "./tenants.store.ts";

const wireTenant = (tenant: Tenant, plan: { readonly planCode: string } | undefined, seats: number) => ({
  tenant_id: tenant.tenantId,
  tenant_name: tenant.tenantName,
  status: tenant.status,
  billing_contact: tenant.billingContact,
  tax_profile: tenant.taxProfile,
  current_plan: plan?.planCode ?? null,
  seats,
  is_synthetic: tenant.isSynthetic,
  revision: tenant.revision,
  created_at: tenant.createdAt.toISOString(),
});

const current = async (tx: Tx, tenants: readonly Tenant[], today: Day) => {
  const ids = tenants.map((tenant) => tenant.tenantId);
  const [bindings, seats] = [await readBindings(tx, ids), await readSeats(tx, ids)];
  const on = { start: today, end: today };
  return tenants.map((tenant) =>
    wireTenant(
      tenant,
      segmentsIn(
        bindings.filter((binding) => binding.tenantId === tenant.tenantId),
        on,
      )[0],
      peakSeats(
        seats.filter((change) => change.tenantId === tenant.tenantId),
        on,
      ),
    ),
  );
};

/** Creates a tenant; with plan_code and seats it binds the plan too, in the same transaction. */
export const createTenant = action(
  "tenants.create",
  { needs: "tenant:write", input: createTenantInput },
  async (door, input) => {
    const today = dayOf(door.now);
    const start = input.effective_from ?? cycleAt(today, 1).start;
    const found = await door.load((tx) => findTenant(tx, input.tenant_id));
    if (found) throw exists(`tenant ${input.tenant_id} exists. Change it with PATCH, or choose another id.`);
    const binding =
      input.plan_code === undefined
        ? undefined
        : await door.load((tx) =>
            planBinding(tx, { tenantId: input.tenant_id, planCode: input.plan_code ?? "", start, clock: door.clock }),
          );
    return door.save({ objectType: "tenant", objectId: input.tenant_id, tenantId: input.tenant_id }, async (tx) => {
      const tenant = {
        tenantId: input.tenant_id,
        tenantName: input.tenant_name,
        status: "active" as const,
        billingContact: input.billing_contact,
        taxProfile: input.tax_profile,
        entityId: (await issuingEntity(tx)).entityId,
        invoiceSuffix: await freeSuffix(tx, input.tenant_id),
        isSynthetic: input.is_synthetic,
        createdAt: door.now,
      };
      await insertTenant(tx, tenant);
      await binding?.save(tx, door.now);
      if (input.seats !== undefined)
        await saveSeats(tx, { tenantId: input.tenant_id, effectiveFrom: start, seats: input.seats, now: door.now });
      return {
        tenant_id: tenant.tenantId,
        tenant_name: tenant.tenantName,
        status: tenant.status,
        plan_binding: binding && {
          plan_code: binding.planCode,
          period_start: binding.cycle.start,
          period_end: binding.cycle.end,
          seats: input.seats ?? 0,
        },
      };
    });
  },
);

const endPlan = async (tx: Tx, tenantId: TenantId, today: Day): Promise<void> => {
  await lockTenantPlan(tx, tenantId);
  await endBindings(tx, endsOnLeaving(await readBindings(tx, [tenantId]), today), today);
};

export const getTenant = view(
  "tenants.get",
  { needs: "tenant:read", input: z.object({ tenant_id: tenantIdInput }) },
  async (door, input) => {
    assertOwnTenant(door, input.tenant_id);
    const [row] = await door.load(async (tx) => {
      const tenant = await findTenant(tx, input.tenant_id);
      return tenant ? current(tx, [tenant], dayOf(door.now)) : [];
    });
    if (!row) throw missing("tenant", input.tenant_id);
    return row;
  },
);

export const getTenants = view(
  "tenants.list",
  { needs: "tenant:read", input: z.object(pageInput) },
  async (door, input) => {
    const request = pageRequest(input.page_size, input.page_token);
    return door.load(async (tx) => {
      const page = pageOf(await pageTenants(tx, request), request, (tenant) => tenant.tenantId);
      return { tenants: await current(tx, page.rows, dayOf(door.now)), next_page_token: page.nextToken ?? null };
    });
  },
);

/**
 * Changes name, contact, taxes or status. Closing a tenant ends its plan with today, which is billed still. With `if_revision` (If-Match) a
 * change made meanwhile is refused.
 */
export const changeTenant = action(
  "tenants.change",
  { needs: "tenant:write", input: changeTenantInput },
  async (door, input) => {
    if (door.actor.tenantId !== undefined) throw forbidden("tenants.change is for operators");
    const tenant = await door.load((tx) => findTenant(tx, input.tenant_id));
    if (!tenant) throw missing("tenant", input.tenant_id);
    const stale = new Problem(
      "version",
      "FAILED_PRECONDITION",
      `tenant ${input.tenant_id} was changed meanwhile. Read it again, then repeat the change.`,
    );
    if (input.if_revision !== undefined && input.if_revision !== tenant.revision) throw stale;
    if (tenant.status === "closed" && input.status !== undefined && input.status !== "closed")
      throw invalid("status", "a closed tenant stays closed. Create a new one.");
    const next: Tenant = {
      ...tenant,
      tenantName: input.tenant_name ?? tenant.tenantName,
      billingContact: input.billing_contact ?? tenant.billingContact,
      taxProfile: input.tax_profile ?? tenant.taxProfile,
      status: input.status ?? tenant.status,
    };
    return door.save({ objectType: "tenant", objectId: input.tenant_id, tenantId: input.tenant_id }, async (tx) => {
      if (!(await updateTenant(tx, next, door.now))) throw stale;
      if (next.status === "closed" && tenant.status !== "closed") await endPlan(tx, input.tenant_id, dayOf(door.now));
      const [row] = await current(tx, [{ ...next, revision: tenant.revision + 1 }], dayOf(door.now));
      return row;
    });
  },
);
