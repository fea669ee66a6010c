import {
  bindPlan,
  changeTenant,
  createTenant,
  getTenant,
  getTenants,
  importTenants,
  putLegalEntity,
  setSeats,
} from "@commops/core/tenants";
import { seatUsage } from "@commops/core/usage";
import { on, routes } from "../route.ts";
import { createdTenant, planBinding, seats, seatUse, tenant, tenantList } from "../answers/tenants.ts";

const show = on(getTenant, "A tenant with its current plan and seats", {
  etag: (shown) => shown.revision,
  answer: tenant,
});

const MIB = 1024 * 1024;

/** A change of plan is a binding from a day on; it has its own name in the API description. */
const upgradePlan = { ...bindPlan, title: "tenants.upgrade-plan" };

export const tenantRoutes = routes({
  "GET /tenants": on(getTenants, "Tenants by id", { answer: tenantList }),
  "POST /tenants": on(createTenant, "Creates a tenant; with plan_code and seats it binds the plan", {
    status: 201,
    answer: createdTenant,
  }),
  "POST /tenants:import": on(importTenants, "Creates or updates many tenants by rows, all or none", {
    maxBytes: 8 * MIB,
  }),
  "GET /tenants/{tenant_id}": show,
  "PATCH /tenants/{tenant_id}": on(changeTenant, "Changes name, contact, taxes or status", {
    etag: (shown) => shown?.revision,
  }),
  "POST /tenants/{tenant_id}/plan-bindings": on(bindPlan, "Binds a plan from a day on", {
    status: 201,
    answer: planBinding,
  }),
  "POST /tenants/{tenant_id}:upgrade-plan": on(upgradePlan, "Changes to a plan from a day on", { answer: planBinding }),
  "PUT /tenants/{tenant_id}/seats": on(setSeats, "Sets the assigned seats from a day on", { answer: seats }),
  "GET /tenants/{tenant_id}/seats/usage": on(seatUsage, "Assigned seats against the users that were seen", {
    answer: seatUse,
  }),
  "PUT /legal-entities/{entity_id}": on(putLegalEntity, "Creates or changes who issues invoices"),
});
