import { z } from "zod";

export const invoiceIdInput = z.templateLiteral(["INV-", z.string().min(1).max(120)]);
/** The digest that was seen; one that is not the invoice's, whatever it looks like, is stale. */
export const digestInput = z.string().min(1).max(200);
export const reasonInput = z.string().trim().min(1, "say why").max(1000);
