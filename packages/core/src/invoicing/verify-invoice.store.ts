import { type AllocationVerdict, verifyAllocation } from "../allocation/index.ts";
import { planDigest, readPlanVersion } from "../catalog/index.ts";
import { type Delivery, type DeliveryVerdict, verifyDelivery } from "../cost/index.ts";
import { canonicalJson, type Json } from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import type { Tx } from "../ports/index.ts";
import type { ViewDoor } from "../record/index.ts";
import { type Difference, firstEntry, firstField, ratingDifference, usageDifference } from "./differences.ts";
import { deliveriesOf, documentDigest, type DraftDocument, dueDateOf, readDocument } from "./draft-document.ts";
import { detailRows, headerAmounts, taxRows } from "./draft-rows.ts";
import { countLines, type LineEvidence } from "./evidence.store.ts";
import { type Invoice, selectLines, selectTaxes } from "./invoicing.store.ts";
import { recompute } from "./recompute.store.ts";
import { verifyIssue } from "./verify-issue.store.ts";

export interface Check {
  readonly check:
    | "document"
    | "rows"
    | "approval"
    | "ledger"
    | "pdf"
    | "plans"
    | "usage"
    | "rating"
    | "allocation"
    | "deliveries"
    | "cost_lines";
  readonly difference: Difference | undefined;
}

/** A column as one value that compares; what holds several, as canonical text. */
const plain = (value: unknown): Json => {
  if (typeof value === "bigint") return value.toString();
  return typeof value === "object" && value !== null ? canonicalJson(value as Json) : (value as Json);
};
const decimals = new Set([
  "quantity",
  "unitPriceUsd",
  "amountUsd",
  "amountExact",
  "costUsd",
  "ratePercent",
  "subtotalUsd",
  "taxUsd",
  "totalUsd",
]);

/** A row as plain data with shortest decimals, limited to the fields that the document decides. */
const comparable = (
  row: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    fields.map((field) => {
      const value = plain(row[field]);
      return [field, decimals.has(field) && typeof value === "string" ? toText(exact(value)) : value];
    }),
  );

/** The stored rows against what the document says they are. */
const rowsDifference = async (tx: Tx, invoice: Invoice, document: DraftDocument): Promise<Difference | undefined> => {
  const { invoiceId, tenantId } = invoice;
  const { issueDate } = invoice;
  const dates = issueDate === null ? {} : { dueDate: dueDateOf(document, issueDate) };
  const header = { ...headerAmounts(document), ...dates };
  const expectedLines = detailRows(document, invoiceId, tenantId);
  const expectedTaxes = taxRows(document, invoiceId, tenantId);
  const compareRows = <T extends object>(path: string, stored: readonly T[], expected: readonly object[]) => {
    const fields = Object.keys(expected[0] ?? stored[0] ?? {}).filter((field) => field !== "id");
    return firstEntry(path, stored as readonly object[], expected, (row) => comparable({ ...row }, fields));
  };
  return (
    firstField(
      "header",
      comparable({ ...invoice }, Object.keys(header)),
      comparable({ ...header }, Object.keys(header)),
    ) ??
    compareRows("total/subtotal/lines", await selectLines(tx, invoiceId), expectedLines) ??
    compareRows("total/taxes", await selectTaxes(tx, invoiceId), expectedTaxes)
  );
};

const plansDifference = async (tx: Tx, document: DraftDocument): Promise<Difference | undefined> => {
  for (const plan of document.plans) {
    const found = await readPlanVersion(tx, plan.plan_code, plan.version);
    const digest = found ? planDigest(found.plan) : null;
    const difference = firstField(`plans/${plan.plan_code}@${plan.version}`, { digest: plan.digest }, { digest });
    if (difference) return difference;
  }
  return undefined;
};

/** The allocation of the document's own period, and those that its corrections come from. */
const allocationDifference = async (door: ViewDoor, document: DraftDocument): Promise<Difference | undefined> => {
  const { allocation, adjustments = [] } = document.inputs;
  const restated = new Map(adjustments.map(({ run_id: runId, allocation_digest: digest }) => [runId, digest]));
  for (const [runId, digest] of [[allocation.run_id, allocation.digest] as const, ...restated]) {
    const difference = await runDifference(door, runId, digest);
    if (difference) return difference;
  }
  return undefined;
};

type AllocationDifference = NonNullable<AllocationVerdict["first_difference"]>;

/** A row's pool and tenant, or the rule that a run was made with; nothing where all of its inputs are meant. */
const placeOf = ({ pool, tenant_id: tenantId, rule }: AllocationDifference): string =>
  pool === null ? (rule ?? "run") : `pool/${pool}/${tenantId ?? "operator"}`;

const runDifference = async (door: ViewDoor, run_id: string, digest: string): Promise<Difference | undefined> => {
  const verdict = await verifyAllocation.run(door.call, { run_id });
  const found = verdict.first_difference;
  if (found)
    return {
      path: `allocation/${run_id}/${placeOf(found)}/${found.field}`,
      stored: found.stored,
      recomputed: found.recomputed,
    };
  return firstField(`allocation/${run_id}`, { digest }, { digest: verdict.recomputed_digest });
};

type FoundInDelivery = NonNullable<DeliveryVerdict["first_difference"]>;

/** A file and the digest of all groups are expected as they were recorded; a stored group is held against the lines. */
const deliveryPlace = (path: string, found: FoundInDelivery): Difference => {
  const place = `${path}/${found.file ?? found.group ?? "daily"}/${found.column ?? "row"}`;
  return found.group === null
    ? { path: place, stored: found.expected, recomputed: found.found }
    : { path: place, stored: found.found, recomputed: found.expected };
};

const deliveriesDifference = async (
  door: ViewDoor,
  document: DraftDocument,
  deliveries: ReadonlyMap<string, Delivery>,
): Promise<Difference | undefined> => {
  for (const { delivery_id: id, digest } of deliveriesOf(document)) {
    const delivery = deliveries.get(id);
    const path = `deliveries/${id}`;
    const known = firstField(path, { digest }, { digest: delivery?.digest ?? null });
    if (known || !delivery) return known;
    const verdict = await verifyDelivery.run(door.call, { delivery_id: delivery.deliveryId });
    if (verdict.first_difference) return deliveryPlace(path, verdict.first_difference);
  }
  return undefined;
};

const costLinesDifference = async (
  door: ViewDoor,
  evidence: ReadonlyMap<string, LineEvidence>,
  deliveries: ReadonlyMap<string, Delivery>,
): Promise<Difference | undefined> => {
  for (const [id, { query }] of evidence) {
    const stored = { lines: query.lines, sum: toText(exact(query.cost)) };
    const found = await countLines(door, query, deliveries);
    const difference = firstField(`allocations/${id}/cost_lines`, stored, { lines: found.lines, sum: found.sum });
    if (difference) return difference;
  }
  return undefined;
};

/**
 * Recomputes an invoice from what it was made of, from the top of the tree to the CUR lines: each check with the first place
 * that differs, or nothing where it is equal.
 */
export const verifyInvoice = async (
  door: ViewDoor,
  invoice: Invoice,
  evidence: ReadonlyMap<string, LineEvidence>,
  deliveries: ReadonlyMap<string, Delivery>,
): Promise<Check[]> => {
  const document = readDocument(invoice.document);
  const made = await door.load(async (tx) => {
    const plans = await plansDifference(tx, document);
    return {
      rows: await rowsDifference(tx, invoice, document),
      plans,
      // Another plan explains every number that follows from it.
      document: plans ? document : await recompute(tx, invoice, document),
    };
  });
  const fromDeliveries = await deliveriesDifference(door, document, deliveries);
  return [
    {
      check: "document",
      difference: firstField("total", { digest: invoice.digest }, { digest: documentDigest(document) }),
    },
    { check: "rows", difference: made.rows },
    ...(await verifyIssue(door, invoice, document)),
    { check: "plans", difference: made.plans },
    { check: "usage", difference: usageDifference(document, made.document) },
    { check: "rating", difference: ratingDifference(document, made.document) },
    { check: "allocation", difference: await allocationDifference(door, document) },
    { check: "deliveries", difference: fromDeliveries },
    // Lines are counted in files that are what was recorded; other files are named above.
    { check: "cost_lines", difference: fromDeliveries ?? (await costLinesDifference(door, evidence, deliveries)) },
  ];
};
