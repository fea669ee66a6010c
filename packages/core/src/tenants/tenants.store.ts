import { and, asc, desc, eq, gt, inArray, lte, sql } from "drizzle-orm";
import { missing, type PageRequest, type PlanCode, type TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { readRows } from "../record/index.ts";
import type { Day } from "../time/index.ts";
import type { Binding, SeatChange } from "./segments.ts";
import { type BillingContact, billingContact, type TaxProfile, taxProfile } from "./tenant.ts";
import { legalEntity, seatAssignment, tenantMaster, tenantPlanBinding } from "./tenants.sql.ts";

export interface Tenant {
  readonly tenantId: TenantId;
  readonly tenantName: string;
  readonly status: "active" | "suspended" | "closed";
  readonly billingContact: BillingContact;
  readonly taxProfile: TaxProfile;
  readonly entityId: string;
  readonly invoiceSuffix: string;
  readonly isSynthetic: boolean;
  readonly revision: number;
  readonly createdAt: Date;
}

export type LegalEntity = typeof legalEntity.$inferSelect;

const tenantOf = (row: typeof tenantMaster.$inferSelect): Tenant => ({
  ...row,
  billingContact: billingContact.parse(row.billingContact),
  taxProfile: taxProfile.parse(row.taxProfile),
});

export const findTenant = async (tx: Tx, tenantId: TenantId): Promise<Tenant | undefined> => {
  const [row] = await tx.select().from(tenantMaster).where(eq(tenantMaster.tenantId, tenantId));
  return row && tenantOf(row);
};

/** The tenant, or a missing Problem. */
export const readTenant = async (tx: Tx, tenantId: TenantId): Promise<Tenant> => {
  const found = await findTenant(tx, tenantId);
  if (!found) throw missing("tenant", tenantId);
  return found;
};

/** Every tenant, by id. */
export const listTenants = async (tx: Tx): Promise<Tenant[]> =>
  (await tx.select().from(tenantMaster).orderBy(asc(tenantMaster.tenantId))).map(tenantOf);

/** Who can be charged: every tenant, by id, without what is printed about it. */
export const listTenantStates = (tx: Tx): Promise<Pick<Tenant, "tenantId" | "status" | "isSynthetic">[]> => {
  const { tenantId, status, isSynthetic } = tenantMaster;
  const columns = { tenantId, status, isSynthetic };
  return readRows(tx, columns, tx.select(columns).from(tenantMaster).orderBy(asc(tenantId)));
};

export const pageTenants = async (tx: Tx, request: PageRequest): Promise<Tenant[]> => {
  const rows = await tx
    .select()
    .from(tenantMaster)
    .where(request.after === undefined ? undefined : gt(tenantMaster.tenantId, request.after as TenantId))
    .orderBy(asc(tenantMaster.tenantId))
    .limit(request.size + 1);
  return rows.map(tenantOf);
};

export const readLegalEntity = async (tx: Tx, entityId: string): Promise<LegalEntity> => {
  const [row] = await tx.select().from(legalEntity).where(eq(legalEntity.entityId, entityId));
  if (!row) throw missing("legal entity", entityId);
  return row;
};

export const listLegalEntities = (tx: Tx): Promise<LegalEntity[]> =>
  tx.select().from(legalEntity).orderBy(asc(legalEntity.entityId));

/** Inserts a legal entity where none of its id is there. */
export const insertLegalEntity = async (tx: Tx, entity: LegalEntity): Promise<void> => {
  await tx.insert(legalEntity).values(entity).onConflictDoNothing();
};

export const saveLegalEntity = async (tx: Tx, entity: LegalEntity): Promise<void> => {
  await tx.insert(legalEntity).values(entity).onConflictDoUpdate({ target: legalEntity.entityId, set: entity });
};

export const insertTenant = async (tx: Tx, tenant: Omit<Tenant, "revision">): Promise<void> => {
  await tx.insert(tenantMaster).values({ ...tenant, revision: 1, updatedAt: tenant.createdAt });
};

/** Changes a tenant if its revision is still the one that was read. Answers whether it was. */
export const updateTenant = async (
  tx: Tx,
  tenant: Pick<Tenant, "tenantId" | "tenantName" | "status" | "billingContact" | "taxProfile" | "revision">,
  now: Date,
): Promise<boolean> => {
  const { tenantId, revision, ...change } = tenant;
  const changed = await tx
    .update(tenantMaster)
    .set({ ...change, revision: revision + 1, updatedAt: now })
    .where(and(eq(tenantMaster.tenantId, tenantId), eq(tenantMaster.revision, revision)))
    .returning({ tenantId: tenantMaster.tenantId });
  return changed.length === 1;
};

/** Whether another tenant uses this part of the invoice id already. */
export const isSuffixTaken = async (tx: Tx, suffix: string): Promise<boolean> =>
  (
    await tx
      .select({ one: sql`1` })
      .from(tenantMaster)
      .where(eq(tenantMaster.invoiceSuffix, suffix))
  ).length > 0;

const bindingOf = (row: typeof tenantPlanBinding.$inferSelect): Binding => ({
  bindingId: row.bindingId,
  tenantId: row.tenantId,
  planCode: row.planCode as PlanCode,
  start: row.periodStart,
  end: row.periodEnd ?? undefined,
});

/** Bindings of some tenants (of all when left out), in order of time. */
export const readBindings = async (tx: Tx, tenantIds?: readonly TenantId[]): Promise<Binding[]> => {
  const rows = await tx
    .select()
    .from(tenantPlanBinding)
    .where(tenantIds === undefined ? undefined : inArray(tenantPlanBinding.tenantId, [...tenantIds]))
    .orderBy(asc(tenantPlanBinding.tenantId), asc(tenantPlanBinding.periodStart));
  return rows.map(bindingOf);
};

export const insertBinding = async (
  tx: Tx,
  binding: Binding & { readonly status: "active" | "scheduled"; readonly prorationFactor: string; readonly now: Date },
): Promise<void> => {
  await tx.insert(tenantPlanBinding).values({
    bindingId: binding.bindingId,
    tenantId: binding.tenantId,
    planCode: binding.planCode,
    periodStart: binding.start,
    periodEnd: binding.end ?? null,
    status: binding.status,
    prorationFactor: binding.prorationFactor,
    createdAt: binding.now,
  });
};

/** Makes other changes of the tenant's plan wait until this transaction ends. */
export const lockTenantPlan = async (tx: Tx, tenantId: TenantId): Promise<void> => {
  await tx
    .select({ tenantId: tenantMaster.tenantId })
    .from(tenantMaster)
    .where(eq(tenantMaster.tenantId, tenantId))
    .for("update");
};

/** Sets the last day of bindings; one that goes on after today is in force again, one that ends before it starts is void. */
export const endBindings = async (
  tx: Tx,
  ends: readonly { readonly bindingId: string; readonly end: Day }[],
  today: Day,
): Promise<void> => {
  for (const { bindingId, end } of ends)
    await tx
      .update(tenantPlanBinding)
      .set({
        periodEnd: end,
        status: sql`case when ${end}::date < ${today}::date or ${end}::date < ${tenantPlanBinding.periodStart} then 'expired' when ${tenantPlanBinding.periodStart} <= ${today}::date then 'active' else 'scheduled' end`,
      })
      .where(eq(tenantPlanBinding.bindingId, bindingId));
};

/**
 * Seat changes of some tenants (of all when left out), in order of time. `asOf` reads them as they were recorded at an instant, so
 * that later corrections are not seen.
 */
export const readSeats = async (
  tx: Tx,
  tenantIds?: readonly TenantId[],
  asOf?: Date,
): Promise<(SeatChange & { readonly tenantId: TenantId })[]> =>
  tx
    .selectDistinctOn([seatAssignment.tenantId, seatAssignment.effectiveFrom], {
      tenantId: seatAssignment.tenantId,
      effectiveFrom: seatAssignment.effectiveFrom,
      seats: seatAssignment.seats,
    })
    .from(seatAssignment)
    .where(
      and(
        tenantIds === undefined ? undefined : inArray(seatAssignment.tenantId, [...tenantIds]),
        asOf === undefined ? undefined : lte(seatAssignment.recordedAt, asOf),
      ),
    )
    .orderBy(asc(seatAssignment.tenantId), asc(seatAssignment.effectiveFrom), desc(seatAssignment.recordedAt));

/** Sets the seats from a day on; what was recorded of that day before stays, and the last word counts. */
export const saveSeats = async (
  tx: Tx,
  change: SeatChange & { readonly tenantId: TenantId; readonly now: Date },
): Promise<void> => {
  await tx
    .insert(seatAssignment)
    .values({
      tenantId: change.tenantId,
      effectiveFrom: change.effectiveFrom,
      seats: change.seats,
      recordedAt: change.now,
    })
    .onConflictDoUpdate({
      target: [seatAssignment.tenantId, seatAssignment.effectiveFrom, seatAssignment.recordedAt],
      set: { seats: change.seats },
    });
};
