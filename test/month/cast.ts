import { z } from "zod";
import type { SyntheticTenant } from "@commops/core/synthetic";
import { addMonths, dayOf, type Month, monthOf, monthPeriod } from "@commops/core/time";
import { type Client, clientOf, type Sender } from "./client.ts";
import { commops } from "./server.ts";

/** The people of a month, by what they may do. */
export interface People {
  readonly admin: Sender;
  readonly operator: Sender;
  readonly approver: Sender;
  readonly finance: Sender;
  readonly engineer: Sender;
  readonly auditor: Sender;
}

const tokenShape = z.looseObject({ token: z.string() });

/** Tokens for everybody: the administrator's and the approver's from the command line, since nobody approves what they had prepared with tokens they made; the others from the API. */
export const hire = async (folder: string, base: string): Promise<People> => {
  const local = async (role: string, user: string): Promise<Sender> => {
    const made = await commops(folder, ["token", "--role", role, "--user", user, "--json"]);
    if (made.exit !== 0) throw new Error(`commops token ended with ${made.exit}: ${made.stderr}`);
    return tokenShape.parse(JSON.parse(made.stdout));
  };
  const admin = await local("admin", "amy");
  const client = clientOf(base);
  const token = (role: string, user: string): Promise<Sender> =>
    client.must(tokenShape, admin, "POST /tokens", { role, user_name: user });
  return {
    admin,
    operator: await token("billing_operator", "olivia"),
    approver: await local("approver", "arjun"),
    finance: await token("finance", "fiona"),
    engineer: await token("platform_engineer", "peter"),
    auditor: await token("auditor", "audrey"),
  };
};

/** The last month that is over: the server has a real clock. */
export const lastMonth = (): Month => addMonths(monthOf(dayOf(new Date())), -1);

export const TENANTS: readonly SyntheticTenant[] = [
  { tenantId: "TEN-ACME", planCode: "growth", size: 3 },
  { tenantId: "TEN-BOREAL", planCode: "enterprise", size: 6 },
  { tenantId: "TEN-CITRINE", planCode: "growth", size: 1 },
  { tenantId: "TEN-DELTA", planCode: "enterprise", size: 2 },
];

const PLAN = { plan_family: "platform", version: "1", currency: "USD" };
const graduated = (...slabs: readonly (readonly [string | null, string])[]) => ({
  model: "graduated",
  slabs: slabs.map(([upTo, unitPrice]) => ({ up_to: upTo, unit_price: unitPrice })),
});

/** Plans with a price of every kind that a month meets: recurring, seats, slabs, and cost plus a markup. */
const plans = (from: string) => ({
  growth: {
    ...PLAN,
    base_price_usd: "199.99",
    base_seats: 5,
    seat_price_usd: "12.50",
    entitlements: { metrics_caps: { egress_gb: "500" } },
    charges: [
      {
        sku_code: "ingest",
        title: "Data ingestion",
        metric_code: "data_ingestion_gb",
        included_quantity: "10",
        price: graduated(["100", "0.613"], [null, "0.411"]),
      },
      {
        sku_code: "egress",
        title: "Egress",
        metric_code: "egress_gb",
        price: graduated(["50", "0.0917"], [null, "0.07"]),
      },
    ],
    effective_from: from,
  },
  enterprise: {
    ...PLAN,
    base_price_usd: "1900",
    base_seats: 20,
    charges: [
      {
        sku_code: "lake",
        title: "Storage at cost plus 12.5 %",
        price: { model: "cost_plus", markup_percent: "12.5" },
        cost_of: ["AmazonS3"],
      },
      {
        sku_code: "network",
        title: "Private network at cost plus 8 %",
        price: { model: "cost_plus", markup_percent: "8" },
        cost_of: ["NAT", "PLINK"],
      },
    ],
    effective_from: from,
  },
});

const done = z.looseObject({});

/** The seller. */
export const sell = async (client: Client, { admin }: People): Promise<void> => {
  await client.must(done, admin, "PUT /legal-entities/SELLER", {
    name: "Example Data Platform, Inc.",
    address_lines: ["1 Example Way", "Springfield"],
    country: "US",
    tax_ids: [{ scheme: "EIN", id: "12-3456789" }],
    currency: "USD",
    fiscal_year_start_month: 1,
    time_zone: "UTC",
    number_prefix: "EDP",
    payment_instructions: "Bank transfer to account 000123456789. Please name the invoice number.",
    email: "billing@seller.example",
  });
};

/** The seller, the plans and the customers, half of them with VAT. */
export const setUp = async (client: Client, people: People, month: Month): Promise<void> => {
  const { admin, operator } = people;
  await sell(client, people);
  for (const [code, plan] of Object.entries(plans(monthPeriod(month).start)))
    await client.must(done, admin, `PUT /plans/${code}`, plan);
  const rows = TENANTS.map(({ tenantId, planCode, size }) => ({
    tenant_id: tenantId,
    tenant_name: `${tenantId.slice(4)} Analytics Ltd`,
    plan_code: planCode,
    seats: size * 4,
    billing_contact: { name: "Accounts payable", email: `ap@${tenantId.slice(4).toLowerCase()}.example` },
  }));
  await client.must(done, operator, "POST /tenants:import", { rows }, "tenants");
  for (const { tenantId } of TENANTS.slice(0, 2))
    await client.must(done, operator, `PATCH /tenants/${tenantId}`, {
      tax_profile: { tax_id: "DE123456789", taxes: [{ name: "VAT", jurisdiction: "DE", rate_percent: "19" }] },
    });
};
