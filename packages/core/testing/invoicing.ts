import { planDigest, type PlanDefinition, type PublishedPlan, putPlan } from "../src/catalog/index.ts";
import { planInput } from "../src/catalog/plan.ts";
import { costDaily, curDelivery } from "../src/cost/cost.sql.ts";
import { allocatePeriod } from "../src/allocation/index.ts";
import type { DraftSegment, DraftSource } from "../src/invoicing/index.ts";
import type { DeliveryId, TenantId } from "../src/kernel/index.ts";
import type { Call } from "../src/record/index.ts";
import { createTenant, type LegalEntity, putLegalEntity, type Tenant } from "../src/tenants/index.ts";
import { day, eachDay, month, monthOf, monthPeriod, type Period } from "../src/time/index.ts";
import { recordUsage } from "../src/usage/index.ts";
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
  ...over,
});

/** One daily cost line of a delivery: tagged with a tenant, or shared NAT where no tenant is named. */
export interface CostLine {
  readonly tenantTag?: string;
  readonly cost: string;
  readonly service?: string;
  readonly usageType?: string;
}

/** Puts an active delivery of a month into the tables, as an import would. */
export const deliverCost = async (call: Call, deliveryId: DeliveryId, period: Period, lines: readonly CostLine[]) =>
  call.world.database.transaction("operator", async (tx) => {
    const zero = { netUnblendedCost: "0", netAmortizedCost: "0", upfrontPurchase: "0", amortizedUpfront: "0" };
    await tx.insert(curDelivery).values({
      deliveryId,
      period: monthOf(period.start),
      currency: "USD",
      format: "cur2",
      status: "active",
      isFinal: true,
      rows: lines.length,
      splitRows: 0,
      unblendedCost: "0",
      amortizedCost: "0",
      ...zero,
      rowsWithoutNet: 0,
      rowsWithoutInvoice: 0,
      payers: [],
      digest: `sha256:${deliveryId}`,
      rawFiles: [],
      columnarFiles: [],
      dailyDigest: `sha256:daily-${deliveryId}`,
      createdAt: call.world.clock.now(),
    });
    await tx.insert(costDaily).values(
      lines.map((line, index) => ({
        deliveryId,
        groupNo: index + 1,
        period: monthOf(period.start),
        usageDate: period.start,
        tenantTag: line.tenantTag ?? null,
        tagState: line.tenantTag === undefined ? ("absent" as const) : ("present" as const),
        service: line.service ?? "AmazonEC2",
        usageType: line.usageType ?? (line.tenantTag === undefined ? "USE1-NatGateway-Bytes" : "BoxUsage"),
        lineItemType: "Usage",
        account: "1",
        region: "us-east-1",
        payer: "1",
        billingEntity: "AWS",
        provider: "AWS",
        isUpfront: false,
        usageAmount: "1",
        unblendedCost: line.cost,
        amortizedCost: line.cost,
        ...zero,
        rowCount: 1,
      })),
    );
  });

/** Records the same value of a metric on every day of a period, or on some of them. */
export const recordDaily = (
  call: Call,
  of: { readonly tenantId: string; readonly metric: string; readonly value: string; readonly days: readonly string[] },
) =>
  recordUsage.run(call, {
    snapshots: of.days.map((usage_date) => ({
      tenant_id: of.tenantId,
      metric_code: of.metric,
      metric_value: of.value,
      usage_date,
    })),
  });

export const daysOf = (period: Period): string[] => eachDay(period);

/** A seller, a plan, tenants with usage and cost in September 2025, allocated: ready to be invoiced. */
export const billableMonth = async (call: Call, tenantIds: readonly string[]): Promise<void> => {
  await billedTenants(call, tenantIds);
  const shared = [{ cost: "100" }];
  const tagged = tenantIds.map((tenantTag) => ({ tenantTag, cost: "10.5" }));
  await deliverCost(call, "CUR-1", SEPTEMBER, [...shared, ...tagged]);
  await allocatePeriod.run(call, { period: "2025-09" });
};

/** The seller, the plan, and tenants with their usage; no cost yet. */
export const billedTenants = async (call: Call, tenantIds: readonly string[]): Promise<void> => {
  await putLegalEntity.run(call, {
    entity_id: ENTITY.entityId,
    name: ENTITY.name,
    address_lines: [...ENTITY.addressLines],
    country: ENTITY.country,
    tax_ids: ENTITY.taxIds.map((taxId) => ({ ...taxId })),
    currency: ENTITY.currency,
    fiscal_year_start_month: 1,
    time_zone: "UTC",
    number_prefix: ENTITY.numberPrefix,
    payment_instructions: ENTITY.paymentInstructions,
    email: ENTITY.email,
  });
  await putPlan.run(call, planOf());
  for (const tenantId of tenantIds) await addTenant(call, tenantId);
};

/** A tenant on the plan with 7 seats, 10 GB a day of ingestion and 4 GB a day of NAT in September 2025. */
export const addTenant = async (call: Call, tenantId: string): Promise<void> => {
  await createTenant.run(call, {
    tenant_id: tenantId,
    tenant_name: `${tenantId} Ltd`,
    billing_contact: { name: "Ann", email: "ann@acme.example", address_lines: ["1 Road"], country: "DE" },
    tax_profile: { taxes: [{ name: "VAT", jurisdiction: "DE", rate_percent: "19" }] },
    plan_code: "GROWTH",
    seats: 7,
    effective_from: day("2025-01-01"),
  });
  const days = daysOf(SEPTEMBER);
  await recordDaily(call, { tenantId, metric: "data_ingestion_gb", value: "10", days });
  await recordDaily(call, { tenantId, metric: "nat_gb_processed", value: "4", days });
};
