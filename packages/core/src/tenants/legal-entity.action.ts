import { z } from "zod";
import { isCurrency } from "../money/index.ts";
import { action } from "../record/index.ts";
import { saveLegalEntity } from "./tenants.store.ts";

const legalEntityInput = z.object({
  entity_id: z.string().regex(/^[A-Z0-9-]{1,32}$/, "1 to 32 capital letters, digits and dashes"),
  name: z.string().min(1),
  address_lines: z.array(z.string()).min(1).max(6),
  country: z.string().length(2),
  tax_ids: z.array(z.object({ scheme: z.string(), id: z.string() })),
  currency: z.string().refine(isCurrency, { message: "not an ISO 4217 currency" }),
  fiscal_year_start_month: z.number().int().min(1).max(12),
  time_zone: z.string().min(1),
  number_prefix: z.string().regex(/^[A-Z0-9]{1,8}$/, "1 to 8 capital letters and digits"),
  payment_instructions: z.string(),
  email: z.email(),
});

/** Creates or changes a legal entity: who issues invoices. Issued invoices keep what they were frozen with. */
export const putLegalEntity = action(
  "tenants.put-legal-entity",
  { needs: "admin", input: legalEntityInput },
  async (door, input) =>
    door.save({ objectType: "legal_entity", objectId: input.entity_id }, async (tx) => {
      await saveLegalEntity(tx, {
        entityId: input.entity_id,
        name: input.name,
        addressLines: input.address_lines,
        country: input.country,
        taxIds: input.tax_ids,
        currency: input.currency,
        fiscalYearStartMonth: input.fiscal_year_start_month,
        timeZone: input.time_zone,
        numberPrefix: input.number_prefix,
        paymentInstructions: input.payment_instructions,
        email: input.email,
      });
      return { entity_id: input.entity_id };
    }),
);
