import { readDecision, remindApprovers } from "@commops/core/approvals";
import {
  approvalWay,
  approveByPolicy,
  escalateInvoiceApproval,
  generateInvoice,
  getInvoice,
  issueInvoice,
  listInvoiceMail,
  renderInvoicePdf,
  requestInvoiceApproval,
} from "@commops/core/invoicing";
import { precondition } from "@commops/core/kernel";
import { z } from "zod";
import { effectHandlers } from "../effect-handlers.ts";
import { performEffect } from "../effects.ts";
import { aboutDraft } from "./invoicing.ts";
import { endAlert } from "./runs.ts";
import { sweepDecisions } from "./sweep-decisions.ts";
import { task } from "./task.ts";

const level = z.int().min(1).max(2);
const decision = z.object({ decision: z.string(), approval_id: z.string().nullable(), reason: z.string().nullable() });

export const approvalTasks = {
  "check-approval-policy": task(
    aboutDraft,
    z.object({ decision: z.string(), reasons: z.array(z.string()) }),
    ({ call }, input) => approvalWay.run(call, input),
  ),
  "approve-by-policy": task(aboutDraft, z.object({ policy_version: z.int() }), ({ call }, input) =>
    approveByPolicy.run(call, input),
  ),
  "request-approval": task(
    aboutDraft.extend({ level, task_token: z.string() }),
    z.object({ approval_id: z.string().nullable() }),
    ({ call }, { level: _level, ...input }) => requestInvoiceApproval.run(call, input),
  ),
  "escalate-approval": task(aboutDraft.extend({ level }), decision, ({ call }, input) =>
    escalateInvoiceApproval.run(call, input),
  ),
  "read-decision": task(readDecision.input, decision, ({ call }, input) => readDecision.run(call, input)),
  "redraft-invoice": task(
    aboutDraft,
    z.object({ digest: z.string(), changed: z.boolean() }),
    async ({ call }, { invoice_id, digest }) => {
      const { tenant_id, period_start, period_end } = await getInvoice.run(call, { invoice_id });
      const draft = await generateInvoice.run(call, { tenant_id, period_start, period_end });
      return { digest: draft.digest, changed: draft.digest !== digest };
    },
  ),
  "issue-invoice": task(
    aboutDraft,
    z.object({ number: z.string().nullable(), status: z.string() }),
    async ({ call }, { invoice_id, digest }) => {
      const invoice = await getInvoice.run(call, { invoice_id });
      if (invoice.digest !== digest)
        throw precondition(`invoice ${invoice_id} is not what was approved: its digest is ${invoice.digest}.`);
      // Sent back after it was approved: whoever prepares it goes on.
      if (invoice.status === "draft") return { number: null, status: invoice.status };
      const { number, status } = await issueInvoice.run(call, { invoice_id });
      return { number, status };
    },
  ),
  "render-invoice-pdf": task(
    aboutDraft,
    z.object({ key: z.string(), digest: z.string() }),
    async (context, { invoice_id }) => {
      await performEffect(context, effectHandlers, { topic: "invoice-pdf", effectKey: invoice_id });
      const { key, digest } = await renderInvoicePdf.run(context.call, { invoice_id });
      return { key, digest };
    },
  ),
  "mail-invoice": task(aboutDraft, z.object({ mail: z.string() }), async (context, { invoice_id }) => {
    const { mails } = await listInvoiceMail.run(context.call, { invoice_id });
    for (const { message_id: effectKey } of mails)
      await performEffect(context, effectHandlers, { topic: "invoice-mail", effectKey });
    await endAlert(context.call, "invoice-approval", invoice_id);
    return { mail: mails.length === 0 ? "nobody to write to" : "sent" };
  }),
  "sweep-approvals": task(
    z.object({}),
    z.object({ answered: z.int(), waiting: z.int(), returned: z.int() }),
    ({ call }) => sweepDecisions(call),
  ),
  "remind-approvers": task(z.object({}), z.object({ reminded: z.int() }), async ({ call }) => {
    let count = 0;
    for (let page_token: string | null | undefined; page_token !== null;) {
      const { reminded, next_page_token } = await remindApprovers.run(call, { page_size: 200, page_token });
      count += reminded;
      page_token = next_page_token;
    }
    return { reminded: count };
  }),
} as const;
