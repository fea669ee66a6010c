import type { TestApi } from "./api.ts";

const must = async (api: TestApi, route: string, options: Parameters<TestApi["send"]>[1]): Promise<void> => {
  const answer = await api.send(route, options);
  if (answer.status >= 300) throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
};

export const PLAN = {
  plan_family: "standard",
  version: "v1",
  currency: "USD",
  base_price_usd: 100,
  base_seats: 10,
  entitlements: { metrics_caps: { egress_gb: 500 } },
  effective_from: "2026-01-01",
};

/** A legal entity, the plan PRO-M and tenants on it, made through the API. */
export const withTenants = async (api: TestApi, ...tenantIds: readonly string[]): Promise<void> => {
  const token = await api.token("admin", { user: "setup" });
  await must(api, "PUT /legal-entities/ENT-1", {
    token,
    body: {
      name: "Example Ltd",
      address_lines: ["1 High Street"],
      country: "GB",
      tax_ids: [],
      currency: "USD",
      fiscal_year_start_month: 1,
      time_zone: "UTC",
      number_prefix: "EX",
      payment_instructions: "by bank transfer",
      email: "billing@example.com",
    },
  });
  await must(api, "PUT /plans/PRO-M", { token, body: PLAN });
  for (const tenantId of tenantIds)
    await must(api, "POST /tenants", {
      token,
      body: {
        tenant_id: tenantId,
        tenant_name: `Tenant ${tenantId}`,
        billing_contact: { name: "Ada", email: "ada@example.com" },
        plan_code: "PRO-M",
        seats: 12,
        effective_from: "2026-06-01",
      },
    });
};
