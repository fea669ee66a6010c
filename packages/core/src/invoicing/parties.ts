import type { LegalEntity, Tenant } from "../tenants/index.ts";
import type { DraftDocument, DraftParty } from "./draft-document.ts";

/** The legal entity as it stands on an invoice. */
export const sellerOf = (entity: LegalEntity): DraftDocument["seller"] => ({
  id: entity.entityId,
  name: entity.name,
  contact: null,
  address_lines: entity.addressLines,
  country: entity.country,
  tax_ids: entity.taxIds.map(({ scheme, id }) => ({ scheme, id })),
  email: entity.email,
  payment_instructions: entity.paymentInstructions,
});

/** The tenant as it stands on an invoice. */
export const buyerOf = (tenant: Tenant): DraftParty => ({
  id: tenant.tenantId,
  name: tenant.tenantName,
  contact: tenant.billingContact.name,
  address_lines: tenant.billingContact.address_lines,
  country: tenant.billingContact.country ?? null,
  tax_ids: tenant.taxProfile.tax_id === undefined ? [] : [{ scheme: "Tax id", id: tenant.taxProfile.tax_id }],
  email: tenant.billingContact.email ?? null,
});
