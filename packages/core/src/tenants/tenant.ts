import { z } from "zod";
import { dayInput, planCodeInput, quantityInput, tenantIdInput } from "../kernel/index.ts";

const seats = z.number().int().min(0).max(1_000_000);

/** One address, without what could redirect a mail. */
const address = z
  .string()
  .max(254)
  .regex(/^[^\s@,;<>"()\\]+@[^\s@,;<>"()\\]+\.[^\s@,;<>"()\\]+$/, "not one plain mail address");

/** One line as people write it: line ends would forge a mail's header, and marks that turn the direction of text deceive its reader. */
const lineInput = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]*$/u, "must be one line without control characters");
const nameInput = lineInput(200).min(1);

/** Who is billed: Phase 1 asks for name and email; the postal address and tax id are printed on the invoice. */
export const billingContact = z.object({
  name: z.string().min(1).max(200),
  /** Where invoices are mailed; an imported tenant may not have one yet. */
  email: address.optional(),
  address_lines: z.array(z.string().max(200)).max(6).default([]),
  country: z.string().length(2).optional(),
});

/** The taxes a tenant is charged. AWS's tax is never a tenant's tax. */
export const taxProfile = z.object({
  tax_id: z.string().max(64).optional(),
  taxes: z
    .array(
      z.object({
        name: z.string().min(1).max(60),
        jurisdiction: z.string().min(1).max(60),
        category: z.string().min(1).max(10).default("S"),
        rate_percent: quantityInput,
      }),
    )
    .max(5)
    .default([]),
});

export const contactInput = billingContact.extend({
  name: nameInput,
  address_lines: z.array(lineInput(200)).max(6).default([]),
});

export const createTenantInput = z.object({
  tenant_id: tenantIdInput,
  tenant_name: nameInput,
  billing_contact: contactInput.extend({ email: address }),
  tax_profile: taxProfile.default({ taxes: [] }),
  plan_code: planCodeInput.optional(),
  seats: seats.optional(),
  effective_from: dayInput.optional(),
  is_synthetic: z.boolean().default(false),
});

export const changeTenantInput = z.object({
  tenant_id: tenantIdInput,
  tenant_name: nameInput.optional(),
  billing_contact: contactInput.optional(),
  tax_profile: taxProfile.optional(),
  status: z.enum(["active", "suspended", "closed"]).optional(),
  /** From If-Match: the revision that was read. */
  if_revision: z.number().int().optional(),
});

export const bindPlanInput = z.object({
  tenant_id: tenantIdInput,
  plan_code: planCodeInput,
  effective_from: dayInput,
  seats: seats.optional(),
  proration: z.boolean().default(true),
});

export const setSeatsInput = z.object({ tenant_id: tenantIdInput, seats, effective_from: dayInput.optional() });

export type BillingContact = z.output<typeof billingContact>;
export type TaxProfile = z.output<typeof taxProfile>;
