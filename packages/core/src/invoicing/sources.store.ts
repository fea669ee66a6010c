import { type AllocationRunRow, readAllocatedRows } from "../allocation/index.ts";
import { readPlanVersions } from "../catalog/index.ts";
import { activeDeliveries } from "../cost/index.ts";
import type { TenantId } from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import { periodState, periodVerdicts } from "../periods/index.ts";
import type { Tx } from "../ports/index.ts";
import {
  type LegalEntity,
  listTenants,
  readBindings,
  readLegalEntity,
  readSeats,
  readTenant,
  type Tenant,
} from "../tenants/index.ts";
import { addMonths, type Day, monthOf, monthPeriod, type Period } from "../time/index.ts";
import { readSnapshots } from "../usage/index.ts";
import { activeRun } from "./active-run.store.ts";
import type { PeriodSources } from "./assemble.ts";
import { readDocument } from "./draft-document.ts";
import type { AllocatedCost, AllocationSource, PreviousInvoice } from "./draft-source.ts";
import type { PeriodFacts } from "./gate.ts";
import type { InvoiceKind } from "./invoice.ts";
import { liveInvoices } from "./invoicing.store.ts";
import { pendingAdjustments } from "./restatement.store.ts";

const byTenant = <T extends { readonly tenantId: TenantId }>(rows: readonly T[]): Map<TenantId, T[]> =>
  Map.groupBy(rows, (row) => row.tenantId);

/** What decides whether invoices of a period can be drafted or issued. */
export const readPeriodFacts = async (tx: Tx, period: Period, today: Day): Promise<PeriodFacts> => {
  const month = monthOf(period.start);
  const run = await activeRun(tx, period);
  const deliveries = await activeDeliveries(tx, { period: month });
  return {
    period,
    today,
    state: await periodState(tx, month),
    verdicts: await periodVerdicts(tx, month),
    allocatedDeliveries: run?.deliveryDigest,
    deliveries: deliveries.filter((delivery) => run === undefined || delivery.currency === run.currency),
    usedDeliveries: run?.deliveries ?? [],
  };
};

/** A run as drafts name it. */
export const allocationOfRun = (run: AllocationRunRow): AllocationSource => ({
  runId: run.runId,
  digest: run.planDigest,
  basis: run.basis,
  currency: run.currency,
  deliveryDigest: run.deliveryDigest,
  deliveries: run.deliveries.map(({ delivery_id, digest }) => ({ delivery_id, digest })),
});

const readCosts = async (
  tx: Tx,
  run: AllocationRunRow | undefined,
  tenantId: TenantId | undefined,
): Promise<Map<TenantId, AllocatedCost[]>> => {
  const rows = run ? await readAllocatedRows(tx, run.runId, { tenantId }) : [];
  const costs = new Map<TenantId, AllocatedCost[]>();
  for (const row of rows) {
    if (row.tenantId === null) continue;
    const cost = {
      id: row.id.toString(),
      service: row.service,
      category: row.category,
      cost: toText(exact(row.cost)),
      keyMetric: row.keyMetric,
    };
    const list = costs.get(row.tenantId);
    if (list) list.push(cost);
    else costs.set(row.tenantId, [cost]);
  }
  return costs;
};

const readEntities = async (tx: Tx, tenants: readonly Tenant[]): Promise<Map<string, LegalEntity>> => {
  const entities = new Map<string, LegalEntity>();
  for (const id of new Set(tenants.map((tenant) => tenant.entityId))) entities.set(id, await readLegalEntity(tx, id));
  return entities;
};

const readPrevious = async (
  tx: Tx,
  of: { readonly period: Period; readonly kind: InvoiceKind; readonly tenantIds: readonly TenantId[] | undefined },
): Promise<Map<TenantId, PreviousInvoice>> => {
  const before = monthPeriod(addMonths(monthOf(of.period.start), -1));
  const invoices = await liveInvoices(tx, { ...of, period: before });
  return new Map(
    invoices.map((invoice) => [
      invoice.tenantId,
      { invoiceId: invoice.invoiceId, document: readDocument(invoice.document) },
    ]),
  );
};

/** Everything that the drafts of a period are made of, in a handful of queries: of one tenant, or of all. */
export const readSources = async (
  tx: Tx,
  of: { readonly period: Period; readonly kind: InvoiceKind; readonly tenantId?: TenantId | undefined },
): Promise<PeriodSources> => {
  const { period, kind, tenantId } = of;
  const tenantIds = tenantId === undefined ? undefined : [tenantId];
  const tenants = tenantId === undefined ? await listTenants(tx) : [await readTenant(tx, tenantId)];
  const bindings = await readBindings(tx, tenantIds);
  const run = await activeRun(tx, period);
  return {
    period,
    kind,
    tenants,
    entities: await readEntities(tx, tenants),
    plans: await readPlanVersions(tx, [...new Set(bindings.map((binding) => binding.planCode))]),
    bindings: byTenant(bindings),
    seats: byTenant(await readSeats(tx, tenantIds)),
    snapshots: byTenant(await readSnapshots(tx, period, { tenantIds })),
    allocation: run && allocationOfRun(run),
    costs: await readCosts(tx, run, tenantId),
    adjustments: kind === "regular" ? await pendingAdjustments(tx, { before: period.start, tenantIds }) : new Map(),
    previous: await readPrevious(tx, { period, kind, tenantIds }),
  };
};
