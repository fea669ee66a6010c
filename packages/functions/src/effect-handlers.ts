import { ANSWER_TOPIC, answerToken, APPROVAL_MAIL, composeApprovalMail } from "@commops/core/approvals";
import { composeInvoiceMail, markMail, renderInvoicePdf, restatePeriod } from "@commops/core/invoicing";
import { Problem } from "@commops/core/kernel";
import { composePaymentSummary, PAYMENT_SUMMARY_MAIL } from "@commops/core/reconciliation";
import { composeReportMail, REPORT_MAIL } from "@commops/core/reports";
import { z } from "zod";
import type { EffectHandler, EffectHandlers } from "./effects.ts";

const aboutInvoice = z.object({ invoice_id: z.templateLiteral(["INV-", z.string()]) });
const aboutMail = aboutInvoice.extend({ message_id: z.string() });

const renderPdf: EffectHandler = async ({ call }, effect) => {
  await renderInvoicePdf.run(call, aboutInvoice.parse(effect.payload));
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

const restate: EffectHandler = async ({ call }, effect) => {
  await restatePeriod.run(call, z.object({ period: z.string() }).parse(effect.payload));
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

/** The name makes it happen once; one that was started before is as good. */
const startExecution: EffectHandler = async ({ call }, effect) => {
  try {
    await call.world.workflows.start(toStart.parse(effect.payload));
  } catch (error) {
    if (!(error instanceof Problem && error.kind === "exists")) throw error;
  }
};

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
  "allocation-restated": restate,
  "start-workflow": startExecution,
  [ANSWER_TOPIC]: answerExecution,
  [APPROVAL_MAIL]: mailApprovers,
  [REPORT_MAIL]: mailReport,
  [PAYMENT_SUMMARY_MAIL]: mailSummary,
};
