import { z } from "zod";
import {
  type ExceptionId,
  type Json,
  missing,
  monthInput,
  precondition,
  Problem,
  type ReconId,
} from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import { openPeriod, saveVerdict } from "../periods/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type ActionDoor, view } from "../record/index.ts";
import { dayOf, type Month, monthPeriod } from "../time/index.ts";
import { planExceptions } from "./exception.ts";
import type { Figures } from "./figures.ts";
import { RECONCILIATION_POLICY } from "./policy.ts";
import type { Reconciliation } from "./reconcile.ts";
import {
  exceptionsOf,
  insertReconciliation,
  latestReconciliation,
  lockReconciliation,
  saveExceptions,
  type StoredReconciliation,
} from "./reconciliation.store.ts";
import { readStanding } from "./standing.store.ts";
import { type ShownCheck, shownCheck, shownSummary } from "./wire.ts";

const text = (amount: string): string => toText(exact(amount));

const stored = (month: Month, row: StoredReconciliation) => ({
  ...shownSummary(
    month,
    row.basis,
    {
      awsTotal: text(row.awsTotalUsd),
      allocatedTotal: text(row.allocatedTotalUsd),
      operatorOverhead: text(row.operatorOverheadUsd),
      invoicedTotal: text(row.invoicedTotalUsd),
      marginTotal: text(row.marginTotalUsd),
      variance: text(row.varianceUsd),
      variancePct: text(row.variancePct),
      status: row.status,
    },
    // Written by this room from the same shape.
    row.checks as unknown as readonly ShownCheck[],
  ),
  recon_id: row.reconId as ReconId | null,
  reconciled_at: row.createdAt.toISOString() as string | null,
});

const rowOf = (figures: Figures, found: Reconciliation, by: { reconId: ReconId; now: Date }): StoredReconciliation => {
  const { start, end } = monthPeriod(figures.period);
  return {
    reconId: by.reconId,
    periodStart: start,
    periodEnd: end,
    basis: figures.basis,
    currency: "USD",
    awsTotalUsd: found.awsTotal,
    allocatedTotalUsd: found.allocatedTotal,
    operatorOverheadUsd: found.operatorOverhead,
    invoicedTotalUsd: found.invoicedTotal,
    marginTotalUsd: found.marginTotal,
    varianceUsd: found.variance,
    variancePct: found.variancePct,
    status: found.status,
    policyVersion: RECONCILIATION_POLICY.version,
    checks: found.checks.map((check): Json => shownCheck(check)),
    inputsDigest: found.inputsDigest,
    createdAt: by.now,
  };
};

const saveVerdicts = async (tx: Tx, month: Month, found: Reconciliation, by: { reconId: ReconId; now: Date }) => {
  await openPeriod(tx, month, by.now);
  for (const check of found.checks)
    await saveVerdict(tx, {
      month,
      checkName: check.check,
      verdict: check.verdict,
      detail: { recon_id: by.reconId, message: check.message, difference_usd: check.difference },
      now: by.now,
    });
};

const load = (door: Pick<ActionDoor, "load" | "now">, month: Month) =>
  door.load((tx) => readStanding(tx, { month, today: dayOf(door.now) }));

const reconcileOnce = action(
  "reconciliation.run",
  { needs: "recon:write", input: z.object({ period: monthInput }) },
  async (door, { period: month }) => {
    const { figures, found, latest } = await load(door, month);
    if (!figures || !found)
      throw precondition(
        `the cost of ${month} is not allocated in USD (${RECONCILIATION_POLICY.basis}). Allocate the period first.`,
      );
    if (latest?.inputsDigest === found.inputsDigest) return door.unchanged(stored(month, latest));
    const by = { reconId: `REC-${door.clock.id()}` satisfies ReconId, now: door.now };
    const metadata = { period: month, status: found.status, inputs_digest: found.inputsDigest };
    return door.save({ objectType: "reconciliation", objectId: by.reconId, metadata }, async (tx) => {
      await lockReconciliation(tx, month);
      const other = await latestReconciliation(tx, month);
      if (other?.inputsDigest === found.inputsDigest) return stored(month, other);
      // Which of the two saw the newer figures is not known: whoever comes second looks again.
      if (other?.reconId !== latest?.reconId)
        throw new Problem("transient", "INTERNAL", `${month} was reconciled by another meanwhile; try again`);
      const row = rowOf(figures, found, by);
      await insertReconciliation(tx, row);
      const newId = (): ExceptionId => `EXC-${door.clock.id()}`;
      await saveExceptions(tx, planExceptions(await exceptionsOf(tx, month), found.checks), { ...by, month, newId });
      await saveVerdicts(tx, month, found, by);
      return stored(month, row);
    });
  },
);

/**
 * Reconciles a period: cost against allocation, allocation against invoices, invoices against payments. Writes the summary, opens,
 * updates and resolves exceptions, and the verdicts that issuing looks at. The same figures give the reconciliation that is there.
 */
export const runReconciliation: typeof reconcileOnce = {
  ...reconcileOnce,
  run: (call, input) =>
    reconcileOnce.run(call, input).catch((error: unknown) => {
      if (error instanceof Problem && error.kind === "transient") return reconcileOnce.run(call, input);
      throw error;
    }),
};

/**
 * What the newest reconciliation of a period found, and whether it still is what there is; before the first one, what it would find.
 * Throws a missing Problem for a period that is not allocated.
 */
export const reconciliationSummary = view(
  "reconciliation.summary",
  { needs: "recon:read", input: z.object({ period: monthInput }) },
  async (door, { period: month }) => {
    const { figures, found, latest } = await load(door, month);
    if (latest) return { ...stored(month, latest), is_current: found?.inputsDigest === latest.inputsDigest };
    if (!figures || !found) throw missing("allocated cost of the period", month);
    return {
      ...shownSummary(month, figures.basis, found, found.checks.map(shownCheck)),
      recon_id: null,
      reconciled_at: null,
      is_current: true,
    };
  },
);
