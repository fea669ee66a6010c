import type { TenantId, UserId } from "../kernel/index.ts";

/** What a token may open (spec: HTTP API, scopes). */
export const SCOPES = [
  "tenant:read",
  "tenant:write",
  "plan:read",
  "plan:write",
  "usage:read",
  "usage:write",
  "cost:read",
  "cost:write",
  "billing:read",
  "billing:write",
  "billing:approve",
  "payments:write",
  "self:write",
  "alerts:write",
  "workflows:write",
  "recon:read",
  "recon:write",
  "rules:read",
  "rules:write",
  "rules:approve",
  "reports:read",
  "reports:write",
  "audit:read",
  "admin",
] as const;
export type AccessScope = (typeof SCOPES)[number];

const READS = SCOPES.filter((scope) => scope.endsWith(":read"));
const READS_BUT_AUDIT = READS.filter((scope) => scope !== "audit:read");
const TENANT_READS: readonly AccessScope[] = ["tenant:read", "plan:read", "usage:read", "billing:read"];

/** Roles group scopes. */
export const ROLES = {
  billing_operator: [...READS_BUT_AUDIT, "tenant:write", "plan:write", "usage:write", "billing:write", "reports:write"],
  approver: [...READS_BUT_AUDIT, "billing:approve", "rules:approve"],
  finance: [...READS_BUT_AUDIT, "payments:write", "recon:write", "reports:write", "billing:write"],
  platform_engineer: [
    ...READS_BUT_AUDIT,
    "usage:write",
    "cost:write",
    "rules:write",
    "alerts:write",
    "workflows:write",
  ],
  auditor: READS,
  admin: SCOPES,
  tenant_user: TENANT_READS,
  tenant_admin: [...TENANT_READS, "self:write"],
} as const satisfies Record<string, readonly AccessScope[]>;
export type Role = keyof typeof ROLES;

export const isRole = (text: string): text is Role => Object.hasOwn(ROLES, text);
export const isTenantRole = (role: Role): boolean => role === "tenant_user" || role === "tenant_admin";

/** Who acts. Always an argument, never ambient. */
export interface Actor {
  readonly type: "system" | "tenant_user" | "operator_user";
  /** The user's or client's id, as it stands in the audit trail. */
  readonly id: string;
  /** The person behind the token; a token without a person can never approve. */
  readonly person: UserId | undefined;
  readonly scopes: ReadonlySet<AccessScope>;
  /** Who made the token that this actor holds, where that was a person: four eyes count the two as one. */
  readonly minter?: string | undefined;
  /** Holds the token that the product keeps in its data folder: whoever can read that owns the installation. */
  readonly isLocal?: boolean | undefined;
  /** Set for a tenant's own users: they reach this tenant only. */
  readonly tenantId: TenantId | undefined;
}

/** The product itself: schedules, outbox, seed. It holds every scope but the two that need a person. */
export const systemActor = (id: string): Actor => ({
  type: "system",
  id,
  person: undefined,
  scopes: new Set(SCOPES.filter((scope) => !scope.endsWith(":approve"))),
  tenantId: undefined,
});

export const may = (actor: Actor, scope: AccessScope): boolean => actor.scopes.has(scope);
