import { timingSafeEqual } from "node:crypto";
import { sha256, type TenantId, type UserId } from "../kernel/index.ts";
import { type Actor, isTenantRole, ROLES, type Role } from "../record/index.ts";

/** Who stands behind a token or a session, once it was found to be good. */
export interface Identity {
  readonly actor: Actor;
  readonly role: Role;
  /** Absent for a machine. */
  readonly userName: string | undefined;
  readonly displayName: string;
  readonly kind: "bearer" | "session";
  /** SHA-256 of the token in hex: names the token without showing it. */
  readonly tokenHash: string;
  /** Set for sessions: what the CSRF token of a write must hash to. */
  readonly csrfHash: string | undefined;
  readonly expiresAt: Date;
}

/** Tokens are kept as this hash only. They carry 256 random bits, so that a plain hash cannot be searched. */
export const hashToken = (token: string): string => sha256(token);

/** The CSRF token of a session follows from the session token, which script in the page cannot read. */
export const csrfTokenOf = (sessionToken: string): string => sha256(`csrf of ${sessionToken}`);

/** Compares two texts in a time that does not tell where they differ. */
export const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));

/** The actor that a role makes of a person or a machine. Without a person no scope that approves is left. */
export const actorFor = (holder: {
  readonly id: string;
  readonly person: UserId | undefined;
  readonly role: Role;
  readonly tenantId: TenantId | undefined;
  readonly minter?: string | undefined;
  readonly isLocal?: boolean | undefined;
}): Actor => ({
  type: isTenantRole(holder.role) ? "tenant_user" : "operator_user",
  id: holder.id,
  person: holder.person,
  scopes: new Set(ROLES[holder.role].filter((scope) => holder.person !== undefined || !scope.endsWith(":approve"))),
  tenantId: holder.tenantId,
  minter: holder.minter,
  isLocal: holder.isLocal,
});

/** Why a role and a tenant do not go together, or undefined. */
export const roleMismatch = (role: Role, tenantId: string | undefined): string | undefined => {
  if (isTenantRole(role) && tenantId === undefined)
    return `the role ${role} needs a tenant_id: it reaches one tenant only`;
  if (!isTenantRole(role) && tenantId !== undefined)
    return `the role ${role} works for the operator and takes no tenant_id; a tenant's people are tenant_user or tenant_admin`;
  return undefined;
};
