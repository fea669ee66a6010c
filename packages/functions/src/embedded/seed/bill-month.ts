import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { allocatePeriod } from "@commops/core/allocation";
import { importCur } from "@commops/core/cost";
import { approveInvoice, generatePeriodDrafts, listInvoices, submitInvoice } from "@commops/core/invoicing";
import { approvePayment, listPayments, recordPayment } from "@commops/core/payments";
import { runReconciliation } from "@commops/core/reconciliation";
import { generateCur } from "@commops/core/synthetic";
import type { Month } from "@commops/core/time";
import { monthPeriod } from "@commops/core/time";
import type { Cast } from "./cast.ts";
import { DEMO_TENANTS } from "./catalog.ts";

const ROWS = 3_200;

const writeCur = async (path: string, month: Month, seed: number): Promise<void> => {
  const file = createWriteStream(path);
  for (const chunk of generateCur({ seed, month, tenants: DEMO_TENANTS, rows: ROWS }))
    if (!file.write(chunk)) await once(file, "drain");
  file.end();
  await once(file, "finish");
};

/** A month from the cost report to drafts: import, allocate, reconcile, draft. */
export const draftMonth = async (cast: Cast, month: Month, seed: number): Promise<void> => {
  const engineer = await cast.as("peter");
  const path = await engineer.world.files.scratchPath(`-nimbus-${month}.csv`);
  await writeCur(path, month, seed);
  await importCur.run(engineer, { path });
  await engineer.world.files.discard(path);
  await allocatePeriod.run(engineer, { period: month });
  await runReconciliation.run(await cast.as("fiona"), { period: month });
  await generatePeriodDrafts.run(await cast.as("olivia"), { period: month });
};

/** All invoices of a month in one order, whatever became of them: a start that was interrupted picks the same ones again. */
const invoicesOf = async (cast: Cast, month: Month) => {
  const { start, end } = monthPeriod(month);
  const { invoices } = await listInvoices.run(await cast.as("olivia"), { from: start, to: end, page_size: 200 });
  return invoices;
};
type Invoice = Awaited<ReturnType<typeof invoicesOf>>[number];

/** Sends the first `count` drafts to approval. */
export const submitMonth = async (cast: Cast, month: Month, count: number): Promise<void> => {
  const olivia = await cast.as("olivia");
  for (const { invoice_id, status } of (await invoicesOf(cast, month)).slice(0, count))
    if (status === "draft") await submitInvoice.run(olivia, { invoice_id });
};

/** Approves and issues all that waits, also what was approved and not yet issued when a start ended. */
export const issueMonth = async (cast: Cast, month: Month): Promise<void> => {
  const arjun = await cast.as("arjun");
  for (const { invoice_id, status, digest } of await invoicesOf(cast, month))
    if (status === "pending_approval" || status === "approved") await approveInvoice.run(arjun, { invoice_id, digest });
};

/** The payment of an invoice: the one that is recorded already, or a new one by bank transfer. */
const paymentOf = async (
  cast: Cast,
  { invoice_id }: Invoice,
  transfer: { amount_usd: string; provider_ref: string },
) => {
  const fiona = await cast.as("fiona");
  const { payments } = await listPayments.run(fiona, { invoice_id });
  return payments[0] ?? recordPayment.run(fiona, { invoice_id, method: "bank_transfer", ...transfer });
};

/** The first `count` customers pay by bank transfer, the last of them half; finance records it, the approver confirms. */
export const payMonth = async (cast: Cast, month: Month, count: number): Promise<void> => {
  const arjun = await cast.as("arjun");
  for (const [index, invoice] of (await invoicesOf(cast, month)).slice(0, count).entries()) {
    const cents = BigInt(Math.round(invoice.total_usd * 100));
    const paid = index === count - 1 ? cents / 2n : cents;
    const { payment_id, digest, status } = await paymentOf(cast, invoice, {
      amount_usd: `${paid / 100n}.${(paid % 100n).toString().padStart(2, "0")}`,
      provider_ref: `FHB-${month.replace("-", "")}-${String(index + 1).padStart(4, "0")}`,
    });
    if (status === "pending") await approvePayment.run(arjun, { payment_id, digest });
  }
};
