import { z } from "zod";
import { forbidden, type Json } from "../kernel/index.ts";
import { view } from "../record/index.ts";
import { readDocument } from "./draft-document.ts";
import { readDeliveries, readEvidence } from "./evidence.store.ts";
import { type ExplainNode, explainTree } from "./explain-tree.ts";
import { invoiceIdInput } from "./invoice-input.ts";
import { visibleInvoice } from "./list-invoices.action.ts";
import { type Check, verifyInvoice } from "./verify-invoice.store.ts";

/** Whether the invoice was recomputed to the same, or where it first differs. */
export interface Verification {
  readonly equal: boolean;
  readonly first_difference: {
    readonly check: string;
    readonly path: string;
    readonly stored: Json;
    readonly recomputed: Json;
  } | null;
  readonly checks: readonly {
    readonly check: string;
    readonly equal: boolean;
    readonly difference: { readonly path: string; readonly stored: Json; readonly recomputed: Json } | null;
  }[];
}

const verdictOf = (checks: readonly Check[]): Verification => {
  const failed = checks.find((check) => check.difference !== undefined);
  return {
    equal: failed === undefined,
    first_difference: failed?.difference ? { check: failed.check, ...failed.difference } : null,
    checks: checks.map(({ check, difference }) => ({
      check,
      equal: difference === undefined,
      difference: difference ?? null,
    })),
  };
};

const isTrue = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/**
 * The tree of an invoice from its total to the CUR lines. With `verify` everything is computed again from stored inputs, and the
 * answer says equal or names the first place that differs. A tenant's tree ends at the rating steps.
 */
export const explainInvoice = view(
  "invoicing.explain",
  { needs: "billing:read", input: z.object({ invoice_id: invoiceIdInput, verify: isTrue.default(false) }) },
  async (door, { invoice_id: invoiceId, verify }) => {
    const invoice = await visibleInvoice(door, invoiceId);
    const isOperator = door.actor.tenantId === undefined;
    if (verify && !isOperator)
      throw forbidden("verifying reads every tenant's cost: it is the operator's and the auditor's.");
    const document = readDocument(invoice.document);
    const deliveries = isOperator ? await readDeliveries(door, document) : undefined;
    const evidence = deliveries && (await readEvidence(door, document, deliveries));
    const tree: ExplainNode = explainTree(document, evidence);
    const about = {
      invoice_id: invoiceId,
      number: invoice.documentNumber,
      status: invoice.status,
      currency: invoice.currency,
      digest: invoice.digest,
    };
    if (!verify || !evidence || !deliveries) return { ...about, tree, verification: null };
    return { ...about, tree, verification: verdictOf(await verifyInvoice(door, invoice, evidence, deliveries)) };
  },
);
