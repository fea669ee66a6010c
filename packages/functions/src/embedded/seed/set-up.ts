import { putPlan } from "@commops/core/catalog";
import { Problem } from "@commops/core/kernel";
import { generateUsage } from "@commops/core/synthetic";
import { bindPlan, createTenant, createUser, putLegalEntity } from "@commops/core/tenants";
import { type Month, monthPeriod } from "@commops/core/time";
import { recordUsage } from "@commops/core/usage";
import type { Cast } from "./cast.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE, DEMO_TENANTS, demoPlans, type DemoTenant, UPGRADE } from "./catalog.ts";

/** A start that was interrupted goes on where it was: what is there already stays. */
const unlessThere = async (step: () => Promise<unknown>): Promise<void> => {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof Problem && error.kind === "exists")) throw error;
  }
};

const tenantInput = (tenant: DemoTenant, from: string) => ({
  tenant_id: tenant.tenantId,
  tenant_name: tenant.name,
  billing_contact: {
    name: tenant.contact,
    email: `billing@${tenant.tenantId.slice(4).toLowerCase()}.example`,
    address_lines: [...tenant.addressLines],
    country: tenant.country,
  },
  tax_profile: {
    tax_id: tenant.taxId,
    taxes: tenant.tax
      ? [{ name: tenant.tax.name, jurisdiction: tenant.tax.jurisdiction, rate_percent: tenant.tax.rate }]
      : [],
  },
  plan_code: tenant.planCode,
  seats: tenant.seats,
  effective_from: from,
});

/** The seller, plans, customers and people, as of the first month. */
export const setUp = async (cast: Cast, firstMonth: Month): Promise<void> => {
  const { system } = cast;
  const from = monthPeriod(firstMonth).start;
  await putLegalEntity.run(system, {
    entity_id: "NIMBUS-US",
    name: "Nimbus Data Platform, Inc.",
    address_lines: ["88 Harbor Way, Suite 400", "Seattle, WA 98101"],
    country: "US",
    tax_ids: [{ scheme: "EIN", id: "91-5550142" }],
    currency: "USD",
    fiscal_year_start_month: 1,
    time_zone: "America/Los_Angeles",
    number_prefix: "NDP",
    payment_instructions:
      "Bank transfer to First Harbor Bank, account 000123456789, routing 125000024. Please name the invoice number.",
    email: "billing@nimbus.example",
  });
  for (const plan of demoPlans(from)) await putPlan.run(system, plan);
  for (const tenant of DEMO_TENANTS) await unlessThere(() => createTenant.run(system, tenantInput(tenant, from)));
  for (const person of DEMO_PEOPLE)
    await unlessThere(() =>
      createUser.run(system, {
        user_name: person.userName,
        display_name: person.displayName,
        email: `${person.userName}@nimbus.example`,
        role: person.role,
        password: DEMO_PASSWORD,
        ...("tenantId" in person ? { tenant_id: person.tenantId } : {}),
      }),
    );
};

/** One month of usage for every customer. */
export const recordMonth = async (cast: Cast, month: Month, seed: number): Promise<void> => {
  await recordUsage.run(await cast.as("peter"), { snapshots: generateUsage({ seed, month, tenants: DEMO_TENANTS }) });
};

/** The customer that outgrew its plan moves up in mid-month. */
export const upgrade = async (cast: Cast, month: Month): Promise<void> => {
  await bindPlan.run(await cast.as("olivia"), {
    tenant_id: UPGRADE.tenantId,
    plan_code: UPGRADE.planCode,
    effective_from: `${month}-${UPGRADE.dayOfMonth}`,
  });
};
