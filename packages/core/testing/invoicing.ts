import { sql } from "drizzle-orm";
import { allocatePeriod } from "../src/allocation/index.ts";
import { putPlan } from "../src/catalog/index.ts";
import { costDaily, curDelivery } from "../src/cost/cost.sql.ts";
import { rollUpDaily } from "../src/cost/daily.store.ts";
import { approveInvoice, generateInvoice, submitInvoice } from "../src/invoicing/index.ts";
import type { DeliveryId } from "../src/kernel/index.ts";
import type { Call } from "../src/record/index.ts";
import { createTenant, putLegalEntity } from "../src/tenants/index.ts";
import { day, eachDay, monthOf, type Period } from "../src/time/index.ts";
import { recordUsage } from "../src/usage/index.ts";
import { actorOf, callAs } from "./actors.ts";
import { ENTITY, planOf, SEPTEMBER } from "./draft-source.ts";
import { type TestWorld, testWorld } from "./world.ts";

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
    await rollUpDaily(tx, deliveryId);
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

/** A month that is ready to be invoiced, with the people who do it. */
export const invoicingWorld = async (tenantIds: readonly string[], start = "2025-10-08T08:00:00Z") => {
  const world: TestWorld = await testWorld(start);
  const admin = callAs(world, actorOf("admin", "sam"));
  const operator = callAs(world, actorOf("billing_operator", "olga"));
  const approver = callAs(world, actorOf("approver", "anna"));
  await billableMonth(admin, tenantIds);
  const generate = (tenant_id: string, call = operator) =>
    generateInvoice.run(call, { tenant_id, period_start: SEPTEMBER.start, period_end: SEPTEMBER.end });
  const submitted = async (tenantId: string) => {
    const { invoice_id } = await generate(tenantId);
    return submitInvoice.run(operator, { invoice_id });
  };
  const issued = async (tenantId: string) => {
    const { invoice_id, digest } = await submitted(tenantId);
    return approveInvoice.run(approver, { invoice_id, digest });
  };
  return { world, admin, operator, approver, generate, submitted, issued };
};
export type InvoicingWorld = Awaited<ReturnType<typeof invoicingWorld>>;

/** What a repeat of a step must not do: add a row anywhere. */
export const addsNothing = async <T>(world: TestWorld, step: () => Promise<T>): Promise<T> => {
  const before = await rowCounts(world);
  const answer = await step();
  const after = await rowCounts(world);
  if (after !== before) throw new Error(`the repeat added rows: ${before} before, ${after} after`);
  return answer;
};

const COUNTED = [
  "invoice_header",
  "invoice_detail",
  "approval_request",
  "journal_line",
  "outbox",
  "mail_delivery",
  "audit_event",
  "lineage_run",
];

const rowCounts = (world: TestWorld): Promise<string> =>
  world.database.transaction("operator", async (tx) => {
    const counts = COUNTED.map((table) => `'${table} ' || (select count(*) from ${table})`).join(" || ', ' || ");
    const rows = await world.database.rows<{ total: string }>(tx, sql.raw(`select ${counts} as total`));
    return rows[0]?.total ?? "";
  });
