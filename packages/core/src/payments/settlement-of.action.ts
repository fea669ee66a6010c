import { z } from "zod";
import { readPayable } from "../invoicing/index.ts";
import { postingsOf } from "../ledger/index.ts";
import { exact, scaled } from "../money/index.ts";
import { view } from "../record/index.ts";
import { usesOf } from "./list-payments.action.ts";
import { readPayment } from "./payments.store.ts";

/** Whether a payment is where it belongs: confirmed, applied or kept as credit to the last unit, and posted for what was received. */
export const settlementOf = view(
  "payments.settlement",
  { needs: "billing:read", input: z.object({ payment_id: z.templateLiteral(["PAY-", z.string().min(1)]) }) },
  (door, { payment_id: paymentId }) =>
    door.load(async (tx) => {
      const payment = await readPayment(tx, paymentId);
      const use = (await usesOf(tx, [payment])).get(paymentId);
      const applied = (use?.applications ?? []).reduce((sum, row) => sum + row.amountMinor, 0n);
      const kept = use?.creditMinor ?? 0n;
      const [posting] = await postingsOf(tx, {
        documentType: "payment",
        event: "payment",
        documentIds: [paymentId],
      });
      const invoice = payment.invoiceId === null ? undefined : await readPayable(tx, payment.invoiceId);
      const isPosted = posting?.debitUsdMinor === scaled(exact(payment.amountUsd), 2);
      const reasons = [
        ...(payment.status === "confirmed" ? [] : [`it is ${payment.status}`]),
        ...(applied + kept === payment.amountMinor
          ? []
          : [`${applied} applied and ${kept} kept do not make ${payment.amountMinor} (minor units)`]),
        ...(isPosted ? [] : [`the books have ${posting?.debitUsdMinor ?? "nothing"} of it (US cents)`]),
      ];
      return {
        payment_id: paymentId,
        tenant_id: payment.tenantId,
        is_settled: reasons.length === 0,
        reasons,
        invoice_id: payment.invoiceId,
        invoice_status: invoice?.status ?? null,
      };
    }),
);
