import { open } from "node:fs/promises";
import { z } from "zod";
import { activeRuns } from "../allocation/index.ts";
import { activeDeliveries } from "../cost/index.ts";
import { frozenInvoices } from "../invoicing/index.ts";
import { canonicalJson, type Json, monthInput, sha256 } from "../kernel/index.ts";
import { periodState, periodVerdicts } from "../periods/index.ts";
import { readStanding } from "../reconciliation/index.ts";
import { action, type ActionDoor, listLineage } from "../record/index.ts";
import { dayOf, type Month, monthPeriod } from "../time/index.ts";
import { exportTable } from "./export-table.action.ts";
import { kpis } from "./kpis.action.ts";

/** What of a month is exported beside its manifest: every table that a recomputation or an audit needs. */
const TABLES = [
  "fact_cost_allocated",
  "invoice_header",
  "invoice_detail",
  "invoice_tax",
  "journal_entry",
  "journal_line",
  "recon_summary",
  "recon_exceptions",
  "audit_event",
] as const;

const input = z.object({ period: monthInput });
const folderOf = (period: Month): string => `evidence/${period}`;

/** Stores a document of a month once: what was kept first stays, whatever is asked for later. */
const keepOnce = async (door: ActionDoor, key: string, make: () => Promise<Json>) => {
  if (await door.files.has(key)) return { key, digest: sha256(await door.files.get(key)), isNew: false };
  const content = new TextEncoder().encode(canonicalJson(await make()));
  await door.files.put(key, content);
  return { key, digest: sha256(content), isNew: true };
};

const manifestOf = (door: ActionDoor, period: Month): Promise<Json> =>
  door.load(async (tx): Promise<Json> => {
    const days = monthPeriod(period);
    const { latest } = await readStanding(tx, { month: period, today: dayOf(door.now) });
    const [runs, deliveries] = [
      await activeRuns(tx, { period: days, basis: "amortized" }),
      await activeDeliveries(tx, { period }),
    ];
    return {
      period,
      state: await periodState(tx, period),
      made_at: door.now.toISOString(),
      deliveries: deliveries.map(({ deliveryId, digest, dailyDigest, columnarFiles }) => ({
        delivery_id: deliveryId,
        digest,
        daily_digest: dailyDigest,
        files: columnarFiles.map((file) => ({ key: file.key, digest: file.digest })),
      })),
      allocations: runs.map((run) => ({ run_id: run.runId, currency: run.currency, plan_digest: run.planDigest })),
      reconciliation: latest ? { recon_id: latest.reconId, inputs_digest: latest.inputsDigest } : null,
      verdicts: (await periodVerdicts(tx, period)).map(({ checkName, verdict }) => ({ check: checkName, verdict })),
      invoices: (await frozenInvoices(tx, days)).map((invoice) => ({
        invoice_id: invoice.invoiceId,
        total_usd: invoice.totalUsd,
      })),
      transformations: (await listLineage(tx, { subject: period })).map((run) => ({
        run_id: run.runId,
        job: run.job,
        outputs: run.outputs,
      })),
    };
  });

/** Keeps the provenance manifest of a month: what it was made of, by digest. The first one stays. */
export const writeManifest = action("reports.manifest", { needs: "reports:write", input }, async (door, { period }) => {
  const { isNew, ...kept } = await keepOnce(door, `${folderOf(period)}/manifest.json`, () => manifestOf(door, period));
  if (!isNew) return door.unchanged(kept);
  return door.save({ objectType: "billing_period", objectId: period, metadata: kept }, async () => kept);
});

/** Keeps the key figures of a month as they were at its close. The first ones stay. */
export const snapshotKpis = action(
  "reports.kpi-snapshot",
  { needs: "reports:write", input },
  async (door, { period }) => {
    const make = async (): Promise<Json> => JSON.parse(JSON.stringify(await kpis.run(door.call, { period }))) as Json;
    const { isNew, ...kept } = await keepOnce(door, `${folderOf(period)}/kpis.json`, make);
    if (!isNew) return door.unchanged(kept);
    return door.save({ objectType: "billing_period", objectId: period, metadata: kept }, async () => kept);
  },
);

/** Writes an export to a scratch file and gives it its key; answers its digest. */
export const storeExport = async (
  door: ActionDoor,
  key: string,
  of: { readonly table: string; readonly from?: string; readonly to?: string },
): Promise<{ readonly key: string; readonly digest: string }> => {
  const path = await door.files.scratchPath(".csv");
  const file = await open(path, "w");
  try {
    for await (const chunk of (await exportTable.run(door.call, of)).chunks) await file.write(chunk);
  } finally {
    await file.close();
  }
  await door.files.putFile(key, path);
  return { key, digest: sha256(await door.files.get(key)) };
};

/** Tables whose rows carry a day are exported for the days of the month; the others whole. */
const rangeOf = async (door: ActionDoor, table: string, period: Month) => {
  const { start, end } = monthPeriod(period);
  const isDated = await exportTable.run(door.call, { table, from: start, to: end }).then(
    () => true,
    () => false,
  );
  return isDated ? { table, from: start, to: end } : { table };
};

/** Exports the tables behind a month, and keeps the list of them with their digests. What was exported first stays. */
export const exportEvidence = action(
  "reports.evidence",
  { needs: "reports:write", input },
  async (door, { period }) => {
    const folder = folderOf(period);
    const { isNew, ...kept } = await keepOnce(door, `${folder}/index.json`, async () => {
      const files: Json[] = [];
      for (const table of TABLES) {
        const key = `${folder}/${door.now.getTime()}/${table}.csv`;
        files.push(await storeExport(door, key, await rangeOf(door, table, period)));
      }
      return { period, exported_at: door.now.toISOString(), files };
    });
    if (!isNew) return door.unchanged(kept);
    return door.save({ objectType: "billing_period", objectId: period, metadata: kept }, async () => kept);
  },
);
