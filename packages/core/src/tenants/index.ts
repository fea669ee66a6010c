export * from "./bind-plan.action.ts";
export * from "./clients.action.ts";
export { csrfTokenOf, hashToken, type Identity, sameSecret } from "./identity.ts";
export { peopleWithRoles } from "./identity.store.ts";
export * from "./import-tenants.action.ts";
export * from "./legal-entity.action.ts";
export * from "./seats.action.ts";
export * from "./segments.ts";
export * from "./sessions.action.ts";
export { type BillingContact, type TaxProfile } from "./tenant.ts";
export * from "./tenants.action.ts";
export { authenticate, exchangeClientSecret, issueLocalToken, issueToken, revokeLocalToken } from "./tokens.action.ts";
export { changeUser, createUser, listPeopleNames, listUsers } from "./users.action.ts";
export {
  findTenant,
  type LegalEntity,
  listTenants,
  listTenantStates,
  readBindings,
  readLegalEntity,
  readSeats,
  readTenant,
  type Tenant,
} from "./tenants.store.ts";
