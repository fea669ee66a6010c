import { readAllocatedRows } from "../allocation/index.ts";
import { readPlanVersion } from "../catalog/index.ts";
import type { RunId } from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import { listLineage } from "../record/index.ts";
import { peakSeats, readLegalEntity, readSeats, readTenant } from "../tenants/index.ts";
import { contains } from "../time/index.ts";
import { aggregateSnapshots, readSnapshots, usageDigest } from "../usage/index.ts";
import type { DraftDocument } from "./draft-document.ts";
import { draftInvoice } from "./draft.ts";
import { DRAFT_JOB } from "./draft.store.ts";
import type { DraftSegment } from "./draft-source.ts";
import type { Invoice } from "./invoicing.store.ts";

/** When the draft was made: usage and seats are read as they were then, so that a later correction is not taken for tampering. */
const draftedAt = async (tx: Tx, invoice: Invoice): Promise<Date | undefined> => {
  const runs = await listLineage(tx, { subject: invoice.invoiceId, job: DRAFT_JOB });
  const made = runs.find(
    (run) =>
      typeof run.outputs === "object" &&
      run.outputs !== null &&
      "digest" in run.outputs &&
      run.outputs["digest"] === invoice.digest,
  );
  return made?.createdAt;
};

const readSegments = async (tx: Tx, invoice: Invoice, document: DraftDocument) => {
  const asOf = await draftedAt(tx, invoice);
  const snapshots = await readSnapshots(tx, document.period, { tenantIds: [invoice.tenantId], asOf });
  const seats = await readSeats(tx, [invoice.tenantId], asOf);
  const segments: DraftSegment[] = [];
  for (const plan of document.plans) {
    const published = await readPlanVersion(tx, plan.plan_code, plan.version);
    if (!published) continue;
    const within = snapshots.filter((snapshot) => contains(plan, snapshot.usageDate));
    segments.push({
      start: plan.start,
      end: plan.end,
      published,
      usage: aggregateSnapshots(within).map(({ metricCode, value, days }) => ({ metricCode, value, days })),
      seats: peakSeats(seats, plan),
    });
  }
  return { segments, digest: usageDigest(snapshots) };
};

/** The document made again from what is stored: usage read again, the plan versions it names, the allocation's rows. */
export const recompute = async (tx: Tx, invoice: Invoice, document: DraftDocument): Promise<DraftDocument> => {
  const tenant = await readTenant(tx, invoice.tenantId);
  const { segments, digest } = await readSegments(tx, invoice, document);
  const { allocation, deliveries, delivery_digest: deliveryDigest } = document.inputs;
  const rows = await readAllocatedRows(tx, allocation.run_id as RunId, { tenantId: invoice.tenantId });
  const taxes = document.taxes.map((tax) => ({
    name: tax.name,
    jurisdiction: tax.jurisdiction ?? "",
    category: tax.category,
    rate_percent: tax.rate_percent,
  }));
  return draftInvoice({
    tenant: { ...tenant, taxProfile: { ...tenant.taxProfile, taxes } },
    entity: await readLegalEntity(tx, invoice.entityId),
    period: document.period,
    kind: document.kind,
    segments,
    usageDigest: digest,
    allocation: {
      runId: allocation.run_id as RunId,
      digest: allocation.digest,
      basis: allocation.basis,
      currency: document.currency,
      deliveryDigest,
      deliveries,
    },
    costs: rows.map((row) => ({
      id: row.id.toString(),
      service: row.service,
      category: row.category,
      cost: toText(exact(row.cost)),
      keyMetric: row.keyMetric,
    })),
  }).document;
};
