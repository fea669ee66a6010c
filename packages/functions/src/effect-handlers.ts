import { composeInvoiceMail, markMail, renderInvoicePdf, restatePeriod } from "@commops/core/invoicing";
import { Problem } from "@commops/core/kernel";
import { z } from "zod";
import type { EffectHandler, EffectHandlers } from "./effects.ts";

const aboutInvoice = z.object({ invoice_id: z.templateLiteral(["INV-", z.string()]) });
const aboutMail = aboutInvoice.extend({ message_id: z.string() });

const renderPdf: EffectHandler = async (call, effect) => {
  await renderInvoicePdf.run(call, aboutInvoice.parse(effect.payload));
};

/** Sends the mail, then writes down that it went; a refusal is written down too, and is final. */
const mailInvoice: EffectHandler = async (call, effect, { mailer }) => {
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

const restate: EffectHandler = async (call, effect) => {
  await restatePeriod.run(call, z.object({ period: z.string() }).parse(effect.payload));
};

/** Every topic of the outbox with what it does. */
export const effectHandlers: EffectHandlers = {
  "invoice-pdf": renderPdf,
  "invoice-mail": mailInvoice,
  "allocation-restated": restate,
};
