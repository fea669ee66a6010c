import { z } from "zod";
import { readPayable } from "../invoicing/index.ts";
import { precondition } from "../kernel/index.ts";
import { action } from "../record/index.ts";
import { insertCredit, readCreditOf } from "./payments.store.ts";

/**
 * Makes what a credit note gives the tenant's credit balance, as the entry of its issue says already. A repeat changes nothing. Throws a
 * precondition Problem for a document that is no credit note.
 */
export const keepCreditNote = action(
  "payments.keep-credit-note",
  { needs: "payments:write", input: z.object({ invoice_id: z.templateLiteral(["INV-", z.string().min(1)]) }) },
  async (door, { invoice_id: invoiceId }) => {
    const source = { kind: "credit_note", sourceId: invoiceId } as const;
    const { note, known } = await door.load(async (tx) => ({
      note: await readPayable(tx, invoiceId),
      known: await readCreditOf(tx, source),
    }));
    if (known) return door.unchanged({ credit_id: known.creditId, invoice_id: invoiceId });
    const { tenantId, currency } = note;
    const amountMinor = -note.totalMinor;
    if (amountMinor <= 0n || note.status !== "paid")
      throw precondition(`${invoiceId} gives no credit: it is no credit note that was issued.`);
    const creditId = `CRD-${door.clock.id()}`;
    const metadata = { invoice_id: invoiceId, amount_minor: amountMinor.toString(), currency };
    return door.save({ objectType: "credit_balance", objectId: creditId, tenantId, metadata }, async (tx) => {
      const amounts = { currency, amountMinor, remainingMinor: amountMinor };
      await insertCredit(tx, { creditId, tenantId, ...source, ...amounts, createdAt: door.now });
      return { credit_id: creditId, invoice_id: invoiceId };
    });
  },
);
