import { z } from "zod";
import { monthInput, Problem } from "../kernel/index.ts";
import { action, type Call, recordLineage } from "../record/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { dayOf, monthPeriod } from "../time/index.ts";
import { invoiceKindOf, type PeriodSources } from "./assemble.ts";
import { draftFaults, type PeriodFacts, refuseFor } from "./gate.ts";
import { draftTenant } from "./generate-invoice.action.ts";
import { isIssued } from "./invoice.ts";
import { type Invoice, liveDraftable } from "./invoicing.store.ts";
import { readPeriodFacts, readSources } from "./sources.store.ts";

/** What became of one tenant: `skipped` where there is nothing to draft, `failed` with the reason. */
export interface TenantOutcome {
  readonly tenant_id: string;
  readonly outcome: "drafted" | "unchanged" | "skipped" | "failed";
  readonly invoice_id: string | null;
  readonly digest: string | null;
  readonly code: string | null;
  readonly message: string | null;
}

interface Read {
  readonly sources: PeriodSources;
  readonly facts: PeriodFacts;
}

/** One tenant's draft in a transaction of its own, with its own audit event. */
const draftOf = (read: Read, tenant: Tenant, live: readonly Invoice[]) =>
  action("invoicing.generate", { needs: "billing:write", input: z.object({}) }, (door) =>
    draftTenant(door, read, tenant, live),
  );

const skipReason = (read: Read, tenant: Tenant, existing: Invoice | undefined): string | undefined => {
  if (tenant.isSynthetic) return "synthetic tenants are never invoiced";
  if (existing && isIssued(existing.status)) return `${existing.invoiceId} is ${existing.status}`;
  const { period } = read.sources;
  const isBound = (read.sources.bindings.get(tenant.tenantId) ?? []).some(
    (binding) => binding.start <= period.end && (binding.end === undefined || binding.end >= period.start),
  );
  const isCorrected = invoiceKindOf(read.sources, tenant) === "adjustment";
  return isBound || isCorrected ? undefined : "no plan in the period";
};

const failureOf = (error: unknown): { readonly code: string; readonly message: string } =>
  error instanceof Problem && error.kind !== "internal"
    ? { code: error.code, message: error.message }
    : { code: "INTERNAL", message: "the draft could not be made; the log says why" };

const draftOne = async (call: Call, read: Read, tenant: Tenant, live: readonly Invoice[]): Promise<TenantOutcome> => {
  const kind = invoiceKindOf(read.sources, tenant);
  const existing = live.find((invoice) => invoice.kind === kind);
  const about = {
    tenant_id: tenant.tenantId,
    invoice_id: existing?.invoiceId ?? null,
    digest: existing?.digest ?? null,
  };
  const skipped = skipReason(read, tenant, existing);
  if (skipped !== undefined) return { ...about, outcome: "skipped", code: null, message: skipped };
  try {
    const { invoice_id, digest, changed } = await draftOf(read, tenant, live).run(call, {});
    return { ...about, invoice_id, digest, outcome: changed ? "drafted" : "unchanged", code: null, message: null };
  } catch (error) {
    return { ...about, outcome: "failed", ...failureOf(error) };
  }
};

/**
 * Drafts every tenant's invoice of a month. What they are made of is read once for all; each tenant is written by itself, so that
 * one bad tenant stops nobody else. Running it again changes only what other inputs change. Throws a precondition Problem
 * where the period as a whole is not ready.
 */
export const generatePeriodDrafts = action(
  "invoicing.generate-period",
  { needs: "billing:write", input: z.object({ period: monthInput }) },
  async (door, input) => {
    const period = monthPeriod(input.period);
    const of = { period, kind: "regular" as const };
    const { live, ...read } = await door.load(async (tx) => ({
      sources: await readSources(tx, of),
      facts: await readPeriodFacts(tx, period, dayOf(door.now)),
      live: Map.groupBy(await liveDraftable(tx, { period }), (invoice) => invoice.tenantId),
    }));
    refuseFor(`${input.period} is not ready to be invoiced`, draftFaults(read.facts));
    const call: Call = { ...door.call, idempotencyKey: undefined };
    const outcomes: TenantOutcome[] = [];
    for (const tenant of read.sources.tenants)
      outcomes.push(await draftOne(call, read, tenant, live.get(tenant.tenantId) ?? []));
    const counts = { drafted: 0, unchanged: 0, skipped: 0, failed: 0 };
    for (const { outcome } of outcomes) counts[outcome] += 1;
    const runId = `RUN-${door.clock.id()}`;
    const result = { run_id: runId, period: input.period, ...counts, outcomes };
    if (counts.drafted === 0 && counts.failed === 0) return door.unchanged(result);
    return door.save({ objectType: "billing_period", objectId: input.period, metadata: counts }, async (tx) => {
      await recordLineage(tx, {
        runId,
        job: "invoice-period-drafts",
        subject: input.period,
        inputs: { allocation: read.sources.allocation?.runId ?? null },
        ruleVersions: [],
        outputs: counts,
        reads: [],
        makes: [],
        createdAt: door.now,
      });
      return result;
    });
  },
);
