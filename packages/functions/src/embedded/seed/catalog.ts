import type { putPlan } from "@commops/core/catalog";
import type { SyntheticTenant } from "@commops/core/synthetic";

type PlanInput = Parameters<typeof putPlan.run>[1];

const charge = (sku: string, title: string, metric: string | null, price: object, more: object = {}) => ({
  sku_code: sku,
  title,
  metric_code: metric,
  price,
  ...more,
});

const slabs = (...bounds: readonly (readonly [string | null, string])[]) => ({
  model: "graduated",
  slabs: bounds.map(([upTo, unitPrice]) => ({ up_to: upTo, unit_price: unitPrice })),
});

const STARTER = {
  plan_code: "starter",
  base_price_usd: 490,
  base_seats: 5,
  seat_price_usd: 35,
  entitlements: {
    metrics_caps: { data_ingestion_gb: "200", storage_gb_peak: "500", egress_gb: "150", active_users: "10" },
  },
  charges: [
    charge("ingest", "Data ingestion", "data_ingestion_gb", slabs(["100", "0.90"], ["500", "0.70"], [null, "0.55"]), {
      included_quantity: "20",
    }),
    charge("storage", "Storage, peak", "storage_gb_peak", { model: "per_unit", unit_price: "0.11" }),
    charge("egress", "Egress", "egress_gb", slabs(["100", "0.10"], ["500", "0.07"], [null, "0.05"])),
  ],
};

const GROWTH = {
  plan_code: "growth",
  base_price_usd: 1900,
  base_seats: 20,
  seat_price_usd: 29,
  entitlements: {
    metrics_caps: { data_ingestion_gb: "1500", storage_gb_peak: "4000", egress_gb: "900", active_users: "60" },
  },
  charges: [
    charge("ingest", "Data ingestion", "data_ingestion_gb", slabs(["500", "0.62"], ["2000", "0.48"], [null, "0.36"]), {
      included_quantity: "100",
    }),
    charge("storage", "Storage, peak", "storage_gb_peak", { model: "per_unit", unit_price: "0.085" }),
    charge("egress", "Egress", "egress_gb", slabs(["100", "0.10"], ["500", "0.07"], [null, "0.05"])),
    charge("runner", "Runner hours", "runner_hours", {
      model: "package",
      size: "100",
      package_price: "18",
      free_units: "50",
    }),
  ],
};

const ENTERPRISE = {
  plan_code: "enterprise",
  base_price_usd: 5200,
  base_seats: 60,
  seat_price_usd: 22,
  minimum_commitment_usd: 1500,
  entitlements: {
    metrics_caps: { data_ingestion_gb: "6000", storage_gb_peak: "20000", egress_gb: "4000", active_users: "250" },
  },
  charges: [
    charge("ingest", "Data ingestion", "data_ingestion_gb", slabs(["2000", "0.40"], [null, "0.28"]), {
      included_quantity: "500",
    }),
    charge("egress", "Egress", "egress_gb", slabs(["500", "0.06"], [null, "0.04"])),
    charge(
      "lake-cost",
      "Lake storage at cost plus 12 %",
      null,
      { model: "cost_plus", markup_percent: "12" },
      { cost_of: ["AmazonS3"] },
    ),
  ],
};

/** Three plans of a data platform: a base price, seats, and graduated slabs for what is used. */
export const demoPlans = (effectiveFrom: string): readonly PlanInput[] =>
  [STARTER, GROWTH, ENTERPRISE].map(
    (plan) =>
      ({
        ...plan,
        plan_family: "platform",
        version: "2026.1",
        currency: "USD",
        effective_from: effectiveFrom,
      }) as PlanInput,
  );

export interface DemoTenant extends SyntheticTenant {
  readonly name: string;
  readonly contact: string;
  readonly country: string;
  readonly addressLines: readonly string[];
  readonly taxId: string;
  readonly tax: { readonly name: string; readonly jurisdiction: string; readonly rate: string } | undefined;
  readonly seats: number;
}

const tenant = (
  tenantId: string,
  name: string,
  planCode: string,
  size: number,
  seats: number,
  contact: string,
  addressLines: readonly string[],
  country: string,
  tax?: DemoTenant["tax"],
): DemoTenant => ({
  tenantId,
  name,
  planCode,
  size,
  seats,
  contact,
  addressLines,
  country,
  tax,
  taxId: `${country}${size}${seats}4471`,
});

const VAT_DE = { name: "VAT", jurisdiction: "DE", rate: "19" };
const GST_IN = { name: "IGST", jurisdiction: "IN", rate: "18" };

/** Eight customers, small to large; some pay VAT or GST. */
export const DEMO_TENANTS: readonly DemoTenant[] = [
  tenant(
    "TEN-ACME",
    "Acme Retail Analytics",
    "growth",
    5,
    24,
    "Ada Brandt",
    ["500 Market Street", "San Francisco, CA 94105"],
    "US",
  ),
  tenant(
    "TEN-BOREAL",
    "Boreal Energi AB",
    "enterprise",
    14,
    72,
    "Sören Åkesson",
    ["Sveavägen 44", "111 34 Stockholm"],
    "SE",
  ),
  tenant(
    "TEN-CASPIAN",
    "Caspian Logistics Ltd",
    "growth",
    6,
    22,
    "Leyla Quliyeva",
    ["2 Tower Hill", "London EC3N"],
    "GB",
  ),
  tenant(
    "TEN-DELTA",
    "Deltawerk GmbH",
    "starter",
    2,
    8,
    "Jörg Weiß",
    ["Hafenstraße 12", "20457 Hamburg"],
    "DE",
    VAT_DE,
  ),
  tenant(
    "TEN-EMBER",
    "Ember Games Studio",
    "starter",
    3,
    11,
    "Mina Okafor",
    ["18 King Street West", "Toronto, ON M5H"],
    "CA",
  ),
  tenant("TEN-FUJI", "Fuji Health KK", "growth", 4, 19, "Kenji Watanabe", ["1-6-1 Otemachi", "Chiyoda, Tokyo"], "JP"),
  tenant(
    "TEN-GANGA",
    "Ganga Microfinance Pvt Ltd",
    "growth",
    7,
    35,
    "Priya Raman",
    ["14 MG Road", "Bengaluru 560001"],
    "IN",
    GST_IN,
  ),
  tenant(
    "TEN-HELIOS",
    "Helios Solar SE",
    "enterprise",
    10,
    58,
    "Clara Núñez",
    ["Unter den Linden 21", "10117 Berlin"],
    "DE",
    VAT_DE,
  ),
];

/** The tenant that moves to a larger plan in mid-month, so that a proration can be seen. */
export const UPGRADE = { tenantId: "TEN-EMBER", planCode: "growth", dayOfMonth: 12 } as const;

/** Who signs in; the password is the demonstration's only. */
export const DEMO_PASSWORD = "commercial-ops-demo";
export const DEMO_PEOPLE = [
  {
    userName: "olivia",
    displayName: "Olivia Reyes",
    role: "billing_operator",
    may: "billing operator: drafts, compares, submits",
  },
  { userName: "arjun", displayName: "Arjun Mehta", role: "approver", may: "approver: decides on what others prepared" },
  { userName: "fiona", displayName: "Fiona Clarke", role: "finance", may: "finance: payments, reconciliation, books" },
  {
    userName: "peter",
    displayName: "Peter Lindqvist",
    role: "platform_engineer",
    may: "platform engineer: cost, tags, allocation",
  },
  {
    userName: "audrey",
    displayName: "Audrey Osei",
    role: "auditor",
    may: "auditor: reads everything, changes nothing",
  },
  { userName: "adam", displayName: "Adam Novak", role: "admin", may: "administrator: people and clients" },
  {
    userName: "tina",
    displayName: "Tina Brandt",
    role: "tenant_admin",
    tenantId: "TEN-ACME",
    may: "a customer's administrator (Acme)",
  },
] as const;
