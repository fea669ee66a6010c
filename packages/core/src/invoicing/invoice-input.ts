import { z } from "zod";

export const invoiceIdInput = z.templateLiteral(["INV-", z.string().min(1).max(120)]);
export const digestInput = z.string().regex(/^sha256:[0-9a-f]{64}$/, "a digest is sha256: and 64 hex digits");
export const reasonInput = z.string().trim().min(1, "say why").max(1000);
