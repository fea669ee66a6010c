/** Ids are template-literal types: a payment id does not go where an invoice id is asked for. */
export type InvoiceId = `INV-${string}`;
export type PaymentId = `PAY-${string}`;
export type ApprovalId = `APR-${string}`;
export type RunId = `RUN-${string}`;
export type DeliveryId = `CUR-${string}`;
export type JournalId = `JRN-${string}`;
export type ReconId = `REC-${string}`;
export type ExceptionId = `EXC-${string}`;
export type UserId = `USR-${string}`;

/** Opaque; valid when it is in tenant_master. */
export type TenantId = string & { readonly __tenant: never };
/** Opaque; valid when it is in plan_master. */
export type PlanCode = string & { readonly __plan: never };
export type MetricCode = string & { readonly __metric: never };

const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The shape of a tenant id: letters, digits, dot, dash, underscore, 64 at most. */
export const isTenantId = (text: string): text is TenantId => TENANT.test(text);

/** The tenant's part of an invoice id: the tenant id without `TEN-` and signs. */
export const tenantSuffix = (tenantId: string): string => tenantId.replace(/^TEN-/i, "").replace(/[^A-Za-z0-9]/g, "");
