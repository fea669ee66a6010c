import {
  billableTenants,
  billingGate,
  completedPeriods,
  draftOddities,
  generateInvoice,
} from "@commops/core/invoicing";
import { Problem, sha256 } from "@commops/core/kernel";
import { runReconciliation } from "@commops/core/reconciliation";
import { month, monthPeriod } from "@commops/core/time";
import { z } from "zod";
import { itemsOutput, writeItems } from "./items.ts";
import { task } from "./task.ts";

/** The longest name of an execution. */
const NAME_LENGTH = 80;

/** One approval for each draft of an invoice: the business key of its execution. */
export const approvalName = (invoiceId: string, revision: number): string => {
  const name = `${invoiceId}.r${revision}`;
  const isName = name.length <= NAME_LENGTH && /^[A-Za-z0-9._-]+$/.test(name);
  return isName ? name : `INV-${sha256(invoiceId).slice(0, 32)}.r${revision}`;
};

/** A draft as it was looked at. */
export const aboutDraft = draftOddities.input;

export const invoicingTasks = {
  "find-completed-periods": task(
    z.object({ period: z.string().nullish() }),
    z.object({ periods: z.array(z.string()) }),
    ({ call }, input) => completedPeriods.run(call, input),
  ),
  "check-billing-gate": task(
    z.object({ period: z.string() }),
    z.object({ period: z.string(), is_open: z.boolean(), reasons: z.array(z.string()) }),
    async ({ call }, { period }) => {
      try {
        await runReconciliation.run(call, { period });
      } catch (error) {
        if (error instanceof Problem && error.kind === "precondition")
          return { period, is_open: false, reasons: [error.message] };
        throw error;
      }
      return billingGate.run(call, { period });
    },
  ),
  "list-billable-tenants": task(
    z.object({ execution: z.string(), periods: z.array(z.string()) }),
    itemsOutput,
    async ({ call }, { execution, periods }) => {
      const items = [];
      for (const period of periods) {
        const { tenants } = await billableTenants.run(call, { period });
        items.push(...tenants.map((subject) => ({ subject, period })));
      }
      return writeItems(call, { machine: "invoicing", execution }, items);
    },
  ),
  "draft-invoice": task(
    z.object({ tenant_id: z.string(), period: z.string() }),
    z.object({
      invoice_id: z.string(),
      digest: z.string(),
      status: z.string(),
      needs_approval: z.boolean(),
      approval_name: z.string(),
    }),
    async ({ call }, { tenant_id, period }) => {
      const { start, end } = monthPeriod(month(period));
      const draft = await generateInvoice.run(call, { tenant_id, period_start: start, period_end: end });
      return {
        invoice_id: draft.invoice_id,
        digest: draft.digest,
        status: draft.status,
        needs_approval: draft.status === "draft",
        approval_name: approvalName(draft.invoice_id, draft.draft_revision),
      };
    },
  ),
  "compare-draft": task(aboutDraft, z.object({ reasons: z.array(z.string()) }), ({ call }, input) =>
    draftOddities.run(call, input),
  ),
} as const;
