import { planDigest, type PlanDefinition, type PublishedPlan } from "../src/catalog/index.ts";
import { planInput } from "../src/catalog/plan.ts";
import type { DraftSegment, DraftSource } from "../src/invoicing/index.ts";
import type { TenantId } from "../src/kernel/index.ts";
import type { LegalEntity, Tenant } from "../src/tenants/index.ts";
import { month, monthPeriod } from "../src/time/index.ts";
import type { z } from "zod";

type PlanInput = z.input<typeof planInput>;

/** A plan with a price of every kind that tenants are billed for. */
export const planOf = (over: Partial<PlanInput> = {}): PlanDefinition =>
  planInput.parse({
    plan_code: "GROWTH",
    plan_family: "growth",
    version: "1",
    currency: "USD",
    base_price_usd: "300",
    base_seats: 5,
    seat_price_usd: "12",
    charges: [
      {
        sku_code: "ingest",
        title: "Data ingestion",
        sku_family: "data",
        metric_code: "data_ingestion_gb",
        included_quantity: "100",
        price: {
          model: "graduated",
          slabs: [
            { up_to: "100", unit_price: "0.10" },
            { up_to: null, unit_price: "0.07" },
          ],
        },
      },
      {
        sku_code: "nat",
        title: "Private network",
        sku_family: "network",
        price: { model: "cost_plus", markup_percent: "25" },
        cost_of: ["NAT"],
      },
    ],
    effective_from: "2025-01-01",
    ...over,
  });

export const published = (over: Partial<PlanInput> = {}): PublishedPlan => {
  const plan = planOf(over);
  return { plan, digest: planDigest(plan) };
};

export const tenantOf = (over: Partial<Tenant> = {}): Tenant => ({
  tenantId: "TEN-ACME" as TenantId,
  tenantName: "Acme Ltd",
  status: "active",
  billingContact: { name: "Ann", email: "ann@acme.example", address_lines: ["1 Road"], country: "DE" },
  taxProfile: {
    tax_id: "DE123",
    taxes: [{ name: "VAT", jurisdiction: "DE", category: "S", rate_percent: "19" }],
  },
  entityId: "MAIN",
  invoiceSuffix: "ACME",
  isSynthetic: false,
  revision: 1,
  createdAt: new Date("2025-01-01T00:00:00Z"),
  ...over,
});

export const ENTITY: LegalEntity = {
  entityId: "MAIN",
  name: "DataJetty Inc",
  addressLines: ["1 Street", "12345 City"],
  country: "US",
  taxIds: [{ scheme: "EIN", id: "12-3456789" }],
  currency: "USD",
  fiscalYearStartMonth: 1,
  timeZone: "UTC",
  numberPrefix: "CO",
  paymentInstructions: "Pay to account 1",
  email: "billing@datajetty.example",
};

export const SEPTEMBER = monthPeriod(month("2025-09"));

export const segmentOf = (over: Partial<DraftSegment> = {}): DraftSegment => ({
  start: SEPTEMBER.start,
  end: SEPTEMBER.end,
  published: published(),
  usage: [{ metricCode: "data_ingestion_gb", value: "350", days: 30 }],
  seats: 7,
  ...over,
});

export const sourceOf = (over: Partial<DraftSource> = {}): DraftSource => ({
  tenant: tenantOf(),
  entity: ENTITY,
  period: SEPTEMBER,
  kind: "regular",
  segments: [segmentOf()],
  usageDigest: "sha256:usage",
  allocation: {
    runId: "RUN-1",
    digest: "sha256:allocation",
    basis: "amortized",
    currency: "USD",
    deliveryDigest: "sha256:deliveries",
    deliveries: [{ delivery_id: "CUR-1", digest: "sha256:delivery" }],
  },
  costs: [
    { id: "1", service: "AmazonEC2", category: "NAT", cost: "40", keyMetric: "nat_gb_processed" },
    { id: "2", service: "AmazonS3", category: "S3", cost: "10.5", keyMetric: null },
  ],
  adjustments: [],
  ...over,
});
