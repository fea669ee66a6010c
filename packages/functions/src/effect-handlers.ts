import { allocatablePeriods } from "@commops/core/allocation";
import { ANSWER_TOPIC, answerToken, APPROVAL_MAIL, composeApprovalMail } from "@commops/core/approvals";
import {
  composeInvoiceMail,
  CREDIT_NOTE_ISSUED,
  markMail,
  renderInvoicePdf,
  restatePeriod,
} from "@commops/core/invoicing";
import { DELIVERY_ADMITTED } from "@commops/core/cost";
import { Problem } from "@commops/core/kernel";
import type { Workflows } from "@commops/core/ports";
import type { Call } from "@commops/core/record";
import { keepCreditNote } from "@commops/core/payments";
import { composePaymentSummary, PAYMENT_SUMMARY_MAIL, runReconciliation } from "@commops/core/reconciliation";
import { composeReportMail, REPORT_MAIL } from "@commops/core/reports";
import { z } from "zod";
import type { EffectHandler, EffectHandlers } from "./effects.ts";

const aboutInvoice = z.object({ invoice_id: z.templateLiteral(["INV-", z.string()]) });
const aboutMail = aboutInvoice.extend({ message_id: z.string() });

const renderPdf: EffectHandler = async ({ call }, effect) => {
  await renderInvoicePdf.run(call, aboutInvoice.parse(effect.payload));
};

const keepCredit: EffectHandler = async ({ call }, effect) => {
  await keepCreditNote.run(call, aboutInvoice.parse(effect.payload));
};

/** Sends the mail, then writes down that it went; a refusal is written down too, and is final. */
const mailInvoice: EffectHandler = async ({ call, mailer }, effect) => {
  const about = aboutMail.parse(effect.payload);
  const mail = await composeInvoiceMail.run(call, { invoice_id: about.invoice_id });
  try {
    await mailer.send(mail);
  } catch (error) {
    if (error instanceof Problem && error.kind === "invalid")
      await markMail.run(call, { ...about, state: "refused", detail: error.message });
    throw error;
  }
  await markMail.run(call, { ...about, state: "sent" });
};

/** The name makes it happen once; one that was started before is as good. */
const startOnce = async (call: Call, execution: Parameters<Workflows["start"]>[0]): Promise<void> => {
  try {
    await call.world.workflows.start(execution);
  } catch (error) {
    if (!(error instanceof Problem && error.kind === "exists")) throw error;
  }
};

const aboutPeriod = z.object({ period: z.string() });

/** A delivery of a month that was billed has it allocated anew at once; any other month waits for its day. */
const allocateAnew: EffectHandler = async ({ call }, effect) => {
  const { period, delivery_id: id } = aboutPeriod.extend({ delivery_id: z.string() }).parse(effect.payload);
  const { billed } = await allocatablePeriods.run(call, { period });
  if (billed.length > 0) await startOnce(call, { machine: "allocation", name: `delivered-${id}`, input: { period } });
};

/** Holds the invoices of a billed month against its new allocation, and tells the reconciliation, where the difference is looked for. */
const restate: EffectHandler = async ({ call }, effect) => {
  const about = aboutPeriod.parse(effect.payload);
  const { restatement_id: id } = await restatePeriod.run(call, about);
  if (id !== null) await runReconciliation.run(call, about);
};

const mailApprovers: EffectHandler = async ({ call, mailer, publicUrl }, effect) => {
  const input = composeApprovalMail.input.omit({ public_url: true }).parse(effect.payload);
  const mail = await composeApprovalMail.run(call, { ...input, public_url: publicUrl });
  if (mail) await mailer.send(mail);
};

const answerExecution: EffectHandler = async ({ call }, effect) => {
  await answerToken.run(call, answerToken.input.parse(effect.payload));
};

const toStart = z.object({ machine: z.string(), name: z.string(), input: z.record(z.string(), z.string()) });

const startExecution: EffectHandler = ({ call }, effect) => startOnce(call, toStart.parse(effect.payload));

const mailReport: EffectHandler = async ({ call, mailer, publicUrl }, effect) => {
  const input = composeReportMail.input.omit({ public_url: true }).parse(effect.payload);
  const mail = await composeReportMail.run(call, { ...input, public_url: publicUrl });
  if (mail) await mailer.send(mail);
};

const mailSummary: EffectHandler = async ({ call, mailer, publicUrl }, effect) => {
  const { date } = z.object({ date: z.string() }).parse(effect.payload);
  const mail = await composePaymentSummary.run(call, { date, public_url: publicUrl });
  if (mail) await mailer.send(mail);
};

/** Every topic of the outbox with what it does. */
export const effectHandlers: EffectHandlers = {
  "invoice-pdf": renderPdf,
  "invoice-mail": mailInvoice,
  [CREDIT_NOTE_ISSUED]: keepCredit,
  [DELIVERY_ADMITTED]: allocateAnew,
  "allocation-restated": restate,
  "start-workflow": startExecution,
  [ANSWER_TOPIC]: answerExecution,
  [APPROVAL_MAIL]: mailApprovers,
  [REPORT_MAIL]: mailReport,
  [PAYMENT_SUMMARY_MAIL]: mailSummary,
};
