import { costDaily, curDelivery } from "../src/cost/cost.sql.ts";
import { rollUpDaily } from "../src/cost/daily.store.ts";
import type { DeliveryId } from "../src/kernel/index.ts";
import type { Database } from "../src/ports/index.ts";
import type { Call, World } from "../src/record/index.ts";
import { createTenant, putLegalEntity } from "../src/tenants/index.ts";
import { day, month } from "../src/time/index.ts";
import { recordUsage } from "../src/usage/index.ts";
import { actorOf, callAs, testClock } from "./actors.ts";
import { testDatabase } from "./database.ts";
import { memoryFiles } from "./files.ts";

const at = new Date("2025-10-05T08:00:00Z");
const september = month("2025-09");

const delivery = (over: Partial<typeof curDelivery.$inferInsert> = {}): typeof curDelivery.$inferInsert => ({
  deliveryId: "CUR-1",
  period: september,
  currency: "USD",
  format: "cur2",
  status: "active",
  isFinal: true,
  rows: 0,
  splitRows: 0,
  unblendedCost: "0",
  amortizedCost: "0",
  netUnblendedCost: "0",
  netAmortizedCost: "0",
  upfrontPurchase: "0",
  amortizedUpfront: "0",
  rowsWithoutNet: 0,
  rowsWithoutInvoice: 0,
  payers: [],
  digest: "sha256:raw",
  rawFiles: [],
  columnarFiles: [],
  dailyDigest: "sha256:daily",
  createdAt: at,
  ...over,
});

export type Line = Partial<typeof costDaily.$inferInsert> & { readonly amortizedCost: string };

/** A small September: tagged, untagged, wrongly tagged, tax. */
export const LINES: readonly Line[] = [
  { amortizedCost: "10.000000000001", tenantTag: "TEN-A" },
  { amortizedCost: "5", tenantTag: "TEN-A", usageDate: day("2025-09-04") },
  { amortizedCost: "7", tenantTag: "TEN-NOBODY" },
  { amortizedCost: "3", usageType: "USE1-NatGateway-Bytes" },
  { amortizedCost: "2.5", lineItemType: "Tax" },
  { amortizedCost: "1.25", service: "AmazonS3", usageType: "Requests-Tier1" },
];

export interface AllocationWorld {
  readonly database: Database;
  readonly call: Call;
  readonly now: Date;
  /** Makes a delivery of daily groups the active one beside the others. */
  deliver(id: DeliveryId, lines: readonly Line[], over?: Partial<typeof curDelivery.$inferInsert>): Promise<unknown>;
  /** Records a metric on 10 September, by tenant. */
  use(values: Record<string, string>, metric?: string): Promise<unknown>;
}

const createParties = async (call: Call): Promise<void> => {
  await putLegalEntity.run(call, {
    entity_id: "MAIN",
    name: "Main",
    address_lines: ["1 Street"],
    country: "US",
    tax_ids: [],
    currency: "USD",
    fiscal_year_start_month: 1,
    time_zone: "UTC",
    number_prefix: "INV",
    payment_instructions: "",
    email: "billing@example.com",
  });
  for (const id of ["TEN-A", "TEN-B", "TEN-C"])
    await createTenant.run(call, {
      tenant_id: id,
      tenant_name: id,
      billing_contact: { name: "Ada", email: "ada@example.com" },
    });
};

const dailyRows = (
  deliveryId: DeliveryId,
  lines: readonly Line[],
  period = september,
): (typeof costDaily.$inferInsert)[] =>
  lines.map((line, index) => ({
    deliveryId,
    groupNo: index + 1,
    period,
    usageDate: day("2025-09-03"),
    tagState: line.tenantTag === undefined ? ("absent" as const) : ("present" as const),
    service: "AmazonEC2",
    usageType: "BoxUsage",
    lineItemType: "Usage",
    account: "1",
    region: "us-east-1",
    payer: "1",
    billingEntity: "AWS",
    provider: "AWS",
    isUpfront: false,
    usageAmount: "1",
    unblendedCost: "0",
    netUnblendedCost: "0",
    netAmortizedCost: "0",
    upfrontPurchase: "0",
    amortizedUpfront: "0",
    rowCount: 2,
    ...line,
  }));

/** A database with the tenants TEN-A, TEN-B and TEN-C, and no cost yet. */
export const allocationWorld = async (): Promise<AllocationWorld> => {
  const database = await testDatabase();
  const world = { database, files: memoryFiles(), clock: testClock(at.toISOString()) } as unknown as World;
  const call = callAs(world, actorOf("admin"));
  await createParties(call);
  const deliver = (
    deliveryId: DeliveryId,
    lines: readonly Line[],
    over: Partial<typeof curDelivery.$inferInsert> = {},
  ) =>
    database.transaction("operator", async (tx) => {
      await tx.insert(curDelivery).values(delivery({ deliveryId, digest: `sha256:${deliveryId}`, ...over }));
      await tx.insert(costDaily).values(dailyRows(deliveryId, lines, over.period));
      await rollUpDaily(tx, deliveryId);
    });
  const use = (values: Record<string, string>, metric = "nat_gb_processed") =>
    recordUsage.run(call, {
      snapshots: Object.entries(values).map(([tenant_id, metric_value]) => ({
        tenant_id,
        metric_code: metric,
        metric_value,
        usage_date: "2025-09-10",
      })),
    });
  return { database, call, now: at, deliver, use };
};
