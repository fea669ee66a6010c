import { z } from "zod";
import { preparersOf } from "../approvals/index.ts";
import { dayInput, invalid, type InvoiceId, precondition, type RunId, tenantIdInput } from "../kernel/index.ts";
import { exact, toText } from "../money/index.ts";
import { action, type ActionDoor, listLineage, type Outcome } from "../record/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { type Day, dayOf, monthOfPeriod, period as periodOf, type Period } from "../time/index.ts";
import { invoiceKindOf, type PeriodSources, sourceOf, usageCoverage } from "./assemble.ts";
import { compareWithPrevious } from "./comparison.ts";
import { draftInvoice } from "./draft.ts";
import { DRAFT_JOB, type PreparedDraft, writeDraft } from "./draft.store.ts";
import { draftFaults, draftWarnings, type PeriodFacts, refuseFor } from "./gate.ts";
import { isIssued } from "./invoice.ts";
import { type Invoice, liveDraftable } from "./invoicing.store.ts";
import { readPeriodFacts, readSources } from "./sources.store.ts";

/** What drafting a tenant's invoice came to. */
export interface DraftOutcome {
  readonly run_id: RunId | null;
  readonly invoice_id: InvoiceId;
  readonly tenant_id: string;
  readonly status: string;
  readonly digest: string;
  readonly draft_revision: number;
  readonly total: string;
  readonly currency: string;
  /** False where the draft that is there already says the same. */
  readonly changed: boolean;
}

/** A billing period is a calendar month. Throws an invalid Problem naming the field. */
export const billingPeriod = (start: Day, end: Day): Period => {
  if (end < start) throw invalid("period_end", `${end} is before period_start (${start})`);
  const asked = periodOf(start, end);
  if (monthOfPeriod(asked) === undefined)
    throw invalid("period_end", `${start} to ${end} is no calendar month: bill from its first to its last day`);
  return asked;
};

const outcomeOf = (invoice: Invoice, runId: RunId | null, changed: boolean): DraftOutcome => ({
  run_id: runId,
  invoice_id: invoice.invoiceId,
  tenant_id: invoice.tenantId,
  status: invoice.status,
  digest: invoice.digest,
  draft_revision: invoice.draftRevision,
  total: toText(exact(invoice.totalUsd)),
  currency: invoice.currency,
  changed,
});

const checkTenant = (tenant: Tenant, existing: Invoice | undefined): void => {
  if (tenant.isSynthetic)
    throw precondition(`tenant ${tenant.tenantId} is synthetic: it is billed in rehearsals only, never for real.`);
  if (existing && isIssued(existing.status))
    throw precondition(
      `invoice ${existing.invoiceId} of this period is ${existing.status}: what is issued is not drafted again. Correct it with a credit note.`,
    );
};

/** Drafts one tenant out of what was read for the period; `live` are its live invoices of it, of every kind. */
export const draftTenant = async (
  door: ActionDoor,
  read: { readonly sources: PeriodSources; readonly facts: PeriodFacts },
  tenant: Tenant,
  live: readonly Invoice[],
): Promise<Outcome<DraftOutcome>> => {
  const source = sourceOf(read.sources, tenant);
  const existing = live.find((invoice) => invoice.kind === source.kind);
  checkTenant(tenant, existing);
  const plan = draftInvoice(source);
  if (existing?.digest === plan.digest) return door.unchanged(outcomeOf(existing, null, false));
  const previous = source.kind === "regular" ? read.sources.previous.get(tenant.tenantId) : undefined;
  const draft: PreparedDraft = {
    tenant,
    plan,
    comparison: {
      ...compareWithPrevious(plan.document, previous),
      warnings: [
        ...draftWarnings(read.facts, usageCoverage(source)),
        ...(existing?.sentBackReason ? [`the draft before was sent back: ${existing.sentBackReason}`] : []),
      ],
    },
    existing,
    runId: `RUN-${door.clock.id()}`,
    preparedBy: preparersOf(door.actor),
    now: door.now,
  };
  const subject = {
    objectType: "invoice",
    objectId: existing?.invoiceId ?? `${tenant.tenantId}/${plan.document.period.start}`,
    tenantId: tenant.tenantId,
    metadata: { run_id: draft.runId, digest: plan.digest, total: plan.document.total },
  };
  return door.save(subject, async (tx) => outcomeOf(await writeDraft(tx, draft), draft.runId, true));
};

/**
 * Drafts the invoice of a tenant and month, or drafts it again where it is not issued: the same inputs change nothing, other
 * ones give a new digest, and what waited for approval is a draft again. Throws a precondition Problem with every reason why not.
 */
export const generateInvoice = action(
  "invoicing.generate",
  {
    needs: "billing:write",
    input: z.object({ tenant_id: tenantIdInput, period_start: dayInput, period_end: dayInput }),
  },
  async (door, input) => {
    const period = billingPeriod(input.period_start, input.period_end);
    const of = { period, kind: "regular" as const, tenantId: input.tenant_id };
    const { sources, facts, live } = await door.load(async (tx) => ({
      sources: await readSources(tx, of),
      facts: await readPeriodFacts(tx, period, dayOf(door.now)),
      live: await liveDraftable(tx, { period, tenantIds: [input.tenant_id] }),
    }));
    const [tenant] = sources.tenants;
    if (!tenant) throw precondition(`tenant ${input.tenant_id} is not there`);
    const kind = invoiceKindOf(sources, tenant);
    checkTenant(
      tenant,
      live.find((invoice) => invoice.kind === kind),
    );
    refuseFor(`${period.start} to ${period.end} is not ready to be invoiced`, draftFaults(facts));
    const outcome = await draftTenant(door, { sources, facts }, tenant, live);
    if (outcome.result.run_id !== null) return outcome;
    const runs = await door.load((tx) => listLineage(tx, { subject: outcome.result.invoice_id, job: DRAFT_JOB }));
    return door.unchanged({ ...outcome.result, run_id: (runs[0]?.runId ?? null) as RunId | null });
  },
);
