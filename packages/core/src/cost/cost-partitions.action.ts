import { z } from "zod";
import { monthInput } from "../kernel/index.ts";
import { view } from "../record/index.ts";
import { type Delivery, listDeliveries, readDeltas, readFindings } from "./deliveries.store.ts";
import { shownFinding } from "./finding.ts";
import { listImports } from "./ingestion-log.store.ts";

const IMPORTS_SHOWN = 20;

const partition = (delivery: Delivery) => ({
  period: delivery.period,
  delivery_id: delivery.deliveryId,
  source_delivery_id: delivery.sourceDeliveryId,
  status: delivery.status,
  is_final: delivery.isFinal,
  superseded_by: delivery.supersededBy,
  policy_version: delivery.policyVersion,
  format: delivery.format,
  currency: delivery.currency,
  rows: delivery.rows,
  split_rows: delivery.splitRows,
  rows_without_invoice: delivery.rowsWithoutInvoice,
  rows_without_net: delivery.rowsWithoutNet,
  unblended_cost: delivery.unblendedCost,
  amortized_cost: delivery.amortizedCost,
  payers: delivery.payers,
  digest: delivery.digest,
  daily_digest: delivery.dailyDigest,
  raw_files: delivery.rawFiles.map(({ name, key, digest, bytes }) => ({ name, key, digest, bytes })),
  columnar_files: delivery.columnarFiles.map(({ key, digest, bytes, rows, source, added }) => ({
    key,
    digest,
    bytes,
    rows,
    source,
    /** Columns that came since the first delivery of the format; their values are kept. */
    added_columns: added?.columns ?? [],
  })),
  created_at: delivery.createdAt.toISOString(),
});

/** The deliveries of every billing period, or of one, newest first, with their findings, how each differs from the one it replaced, and the last imports. */
export const costPartitions = view(
  "cost.partitions",
  { needs: "cost:read", input: z.object({ period: monthInput.optional() }) },
  (door, input) =>
    door.load(async (tx) => {
      const deliveries = await listDeliveries(tx, input);
      const findings = await readFindings(
        tx,
        deliveries.map((delivery) => delivery.deliveryId),
      );
      const deltas = input.period === undefined ? [] : await readDeltas(tx, input.period);
      return {
        partitions: deliveries.map((delivery) => ({
          ...partition(delivery),
          findings: findings.filter((item) => item.deliveryId === delivery.deliveryId).map(shownFinding),
          changes: deltas
            .filter((delta) => delta.deliveryId === delivery.deliveryId)
            .map((delta) => ({
              change_type: delta.changeType,
              groups: delta.recordCount,
              unblended_delta: delta.unblendedDelta,
              amortized_delta: delta.amortizedDelta,
              replaced_delivery_id: delta.replacedDeliveryId,
            })),
        })),
        imports: (await listImports(tx, IMPORTS_SHOWN)).map((run) => ({
          run_id: run.runId,
          source: run.source,
          status: run.status,
          rows: run.rowCount,
          duration_sec: run.durationSec,
          error: run.errorLog,
          executed_by: run.executedBy,
          started_at: run.startedAt.toISOString(),
        })),
      };
    }),
);
