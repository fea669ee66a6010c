import {
  type ApprovalKind,
  getApproval,
  getApprovalPolicy,
  listApprovals,
  setApprovalPolicy,
} from "@commops/core/approvals";
import { approveInvoice, sendBackInvoice } from "@commops/core/invoicing";
import { approvePayment, rejectPayment } from "@commops/core/payments";
import { approvePromotion, rejectPromotion } from "@commops/core/promotion";
import type { Call, UseCase } from "@commops/core/record";
import { z } from "zod";
import { on, routes } from "../route.ts";
import { approval, approvalList } from "../answers/approvals.ts";

const approvalId = getApproval.input.shape.approval_id;
const approveInput = z.object({ approval_id: approvalId, digest: z.string().min(1) });
const rejectInput = z.object({ approval_id: approvalId, reason: z.string().trim().min(1).max(1000) });

/** How each kind of subject is decided: in its own room, with its own effects. */
type Decisions = Readonly<
  Record<
    ApprovalKind,
    {
      approve(call: Call, subject: string, digest: string): Promise<unknown>;
      reject(
        call: Call,
        subject: string,
        decision: { readonly reason: string; readonly digest: string },
      ): Promise<unknown>;
    }
  >
>;

const invoiceId = approveInvoice.input.shape.invoice_id;
const promotionId = approvePromotion.input.shape.promotion_id;
const paymentId = approvePayment.input.shape.payment_id;

const decisions: Decisions = {
  invoice: {
    approve: (call, subject, digest) => approveInvoice.run(call, { invoice_id: invoiceId.parse(subject), digest }),
    reject: (call, subject, decision) =>
      sendBackInvoice.run(call, { invoice_id: invoiceId.parse(subject), ...decision }),
  },
  rule_promotion: {
    approve: (call, subject, digest) =>
      approvePromotion.run(call, { promotion_id: promotionId.parse(subject), digest }),
    reject: (call, subject, decision) =>
      rejectPromotion.run(call, { promotion_id: promotionId.parse(subject), ...decision }),
  },
  manual_payment: {
    approve: (call, subject, digest) => approvePayment.run(call, { payment_id: paymentId.parse(subject), digest }),
    reject: (call, subject, decision) => rejectPayment.run(call, { payment_id: paymentId.parse(subject), ...decision }),
  },
};

/** Reads the request as the decider, runs the decision of its kind, and shows both. */
const decide =
  <I extends { readonly approval_id: `APR-${string}` }>(
    work: (call: Call, approval: Awaited<ReturnType<typeof getApproval.run>>, input: I) => Promise<unknown>,
  ) =>
  async (call: Call, input: I) => {
    const approval = await getApproval.run(call, { approval_id: input.approval_id });
    const subject = await work(call, approval, input);
    return { ...(await getApproval.run(call, { approval_id: input.approval_id })), subject };
  };

type Decided = Awaited<ReturnType<typeof getApproval.run>> & { readonly subject: unknown };

const approve: UseCase<typeof approveInput, Decided> = {
  title: "approvals.approve",
  needs: ["billing:approve", "rules:approve"],
  input: approveInput,
  run: decide((call, approval, input: z.input<typeof approveInput>) =>
    decisions[approval.kind].approve(call, approval.subject_id, input.digest),
  ),
};

const reject: UseCase<typeof rejectInput, Decided> = {
  title: "approvals.reject",
  needs: ["billing:approve", "rules:approve"],
  input: rejectInput,
  run: decide((call, approval, input: z.input<typeof rejectInput>) =>
    decisions[approval.kind].reject(call, approval.subject_id, { reason: input.reason, digest: approval.digest }),
  ),
};

export const approvalRoutes = routes({
  "GET /approvals": on(listApprovals, "The inbox of decisions, newest first", {
    answer: approvalList,
    isOperatorsOnly: true,
  }),
  "GET /approval-policy": on(getApprovalPolicy, "What is approved without a person", { isOperatorsOnly: true }),
  "PUT /approval-policy": on(setApprovalPolicy, "Sets what is approved without a person from now on"),
  "GET /approvals/{approval_id}": on(getApproval, "A request with what it is about", {
    answer: approval,
    isOperatorsOnly: true,
  }),
  "POST /approvals/{approval_id}:approve": on(approve, "Approves what another person prepared, as it was seen", {
    answer: approval,
  }),
  "POST /approvals/{approval_id}:reject": on(reject, "Rejects with a reason", { answer: approval }),
});
