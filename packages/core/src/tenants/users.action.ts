import { z } from "zod";
import {
  forbidden,
  invalid,
  missing,
  pageInput,
  pageOf,
  pageRequest,
  tenantIdInput,
  type TenantId,
  type UserId,
} from "../kernel/index.ts";
import { action, type ActionDoor, isRole, isTenantRole, may, type Role, ROLES, view } from "../record/index.ts";
import { roleMismatch } from "./identity.ts";
import {
  deleteTokensOfUser,
  insertUser,
  readOperatorPeople,
  readUsers,
  requireTenant,
  updateUser,
  userById,
  type UserRow,
} from "./identity.store.ts";
import { storedPassword } from "./password.store.ts";

export const roleInput = z.enum(Object.keys(ROLES).filter(isRole));

const userName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/, "a user name is 1 to 100 letters, digits and . _ @ + -");
const password = z.string().min(12, "a password has at least 12 characters").max(200);
const email = z.email("not a mail address").max(254);

const createUserInput = z.object({
  user_name: userName,
  display_name: z.string().min(1).max(200).optional(),
  email,
  role: roleInput,
  tenant_id: tenantIdInput.optional(),
  password: password.optional(),
});

/** A person as the API shows them. */
const shown = (row: UserRow) => ({
  user_id: row.userId,
  user_name: row.userName,
  display_name: row.displayName,
  email: row.email,
  role: row.role,
  tenant_id: row.tenantId,
  is_active: row.isActive,
  signs_in_by: row.oidcSubject === null ? (row.passwordHash === null ? "nothing" : "password") : "oidc",
  created_at: row.createdAt.toISOString(),
});

/** A tenant's administrator adds and changes the people of the own tenant only. */
const requireReach = (door: ActionDoor, role: Role, tenantId: TenantId | undefined): void => {
  const mismatch = roleMismatch(role, tenantId);
  if (mismatch !== undefined) throw invalid("role", mismatch);
  if (!may(door.actor, "admin") && (!isTenantRole(role) || tenantId !== door.actor.tenantId)) door.need("admin");
};

/** Adds a person who can sign in. Throws invalid for a role without its tenant, exists for a taken name. */
export const createUser = action(
  "user.create",
  { needs: ["admin", "self:write"], input: createUserInput },
  async (door, input) => {
    const tenantId = input.tenant_id ?? door.actor.tenantId;
    requireReach(door, input.role, tenantId);
    const passwordHash = input.password === undefined ? null : await storedPassword(input.password);
    const userId: UserId = `USR-${door.clock.id()}`;
    return door.save({ objectType: "user", objectId: userId, tenantId, metadata: { role: input.role } }, async (tx) => {
      if (tenantId !== undefined) await requireTenant(tx, tenantId);
      const row = await insertUser(tx, {
        userId,
        userName: input.user_name,
        displayName: input.display_name ?? input.user_name,
        email: input.email,
        role: input.role,
        tenantId: tenantId ?? null,
        passwordHash,
        createdAt: door.now,
      });
      return shown(row);
    });
  },
);

const changeUserInput = z.object({
  user_id: z.string().transform((text): UserId => `USR-${text.replace(/^USR-/, "")}`),
  display_name: z.string().min(1).max(200).optional(),
  email: email.optional(),
  role: roleInput.optional(),
  is_active: z.boolean().optional(),
  password: password.optional(),
});

/** Changes a person. A new role or password and a deactivation end all of their sessions and tokens. */
export const changeUser = action(
  "user.change",
  { needs: ["admin", "self:write"], input: changeUserInput },
  async (door, input) => {
    const before = await door.load((tx) => userById(tx, input.user_id));
    if (!before) throw missing("user", input.user_id);
    const role = input.role ?? (isRole(before.role) ? before.role : "tenant_user");
    requireReach(door, role, before.tenantId ?? undefined);
    const passwordHash = input.password === undefined ? undefined : await storedPassword(input.password);
    const change = {
      role,
      ...(input.display_name === undefined ? {} : { displayName: input.display_name }),
      ...(input.email === undefined ? {} : { email: input.email }),
      ...(input.is_active === undefined ? {} : { isActive: input.is_active }),
      ...(passwordHash === undefined ? {} : { passwordHash }),
    };
    const endsSessions = role !== before.role || passwordHash !== undefined || input.is_active === false;
    const subject = { objectType: "user", objectId: input.user_id, tenantId: before.tenantId ?? undefined };
    const metadata = { changed: Object.keys(change), endsSessions };
    return door.save({ ...subject, metadata }, async (tx) => {
      const row = await updateUser(tx, input.user_id, change);
      if (!row) throw missing("user", input.user_id);
      if (endsSessions) await deleteTokensOfUser(tx, input.user_id);
      return shown(row);
    });
  },
);

/** The names of the operator's own people, those that left included, by id: work is shown with who did it. */
export const listPeopleNames = view(
  "user.names",
  { needs: ["billing:read", "cost:read", "audit:read"], input: z.object({}) },
  async (door) => {
    if (door.actor.tenantId !== undefined) throw forbidden("who works at the operator is not a tenant's to read.");
    const rows = await door.load(readOperatorPeople);
    return { people: rows.map(({ userId, displayName }) => ({ user_id: userId, display_name: displayName })) };
  },
);

/** People by name: all for an administrator, the own tenant's for its administrator. */
export const listUsers = view(
  "user.list",
  { needs: ["admin", "self:write"], input: z.object(pageInput) },
  async (door, input) => {
    const request = pageRequest(input.page_size, input.page_token);
    const rows = await door.load((tx) => readUsers(tx, request.after, request.size + 1));
    const page = pageOf(rows, request, (row) => row.userName);
    return { users: page.rows.map(shown), next_page_token: page.nextToken ?? null };
  },
);
