import { and, asc, eq, gt, inArray, isNull, lte } from "drizzle-orm";
import { exists, invalid, type TenantId, type UserId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { accessToken, apiClient, tenantMaster, userAccount } from "./tenants.sql.ts";

export type UserRow = typeof userAccount.$inferSelect;
export type ClientRow = typeof apiClient.$inferSelect;
type TokenRow = typeof accessToken.$inferSelect;

/** Throws an invalid Problem where a user or client would belong to a tenant that is not there. */
export const requireTenant = async (tx: Tx, tenantId: TenantId): Promise<void> => {
  const [row] = await tx
    .select({ tenantId: tenantMaster.tenantId })
    .from(tenantMaster)
    .where(eq(tenantMaster.tenantId, tenantId));
  if (!row) throw invalid("tenant_id", `tenant ${tenantId} does not exist. Create the tenant first.`);
};

export const userByName = async (tx: Tx, userName: string): Promise<UserRow | undefined> =>
  (await tx.select().from(userAccount).where(eq(userAccount.userName, userName)))[0];

export const userById = async (tx: Tx, userId: UserId): Promise<UserRow | undefined> =>
  (await tx.select().from(userAccount).where(eq(userAccount.userId, userId)))[0];

export const userBySubject = async (tx: Tx, subject: string): Promise<UserRow | undefined> =>
  (await tx.select().from(userAccount).where(eq(userAccount.oidcSubject, subject)))[0];

/** Adds a person. Throws an exists Problem when the name is taken, also by a person this transaction may not see. */
export const insertUser = async (tx: Tx, row: typeof userAccount.$inferInsert): Promise<UserRow> => {
  const [added] = await tx
    .insert(userAccount)
    .values(row)
    .onConflictDoNothing({ target: userAccount.userName })
    .returning();
  if (!added) throw exists(`the user name ${row.userName} is taken. Choose another one.`);
  return added;
};

export const updateUser = async (
  tx: Tx,
  userId: UserId,
  change: Partial<Omit<UserRow, "userId" | "createdAt">>,
): Promise<UserRow | undefined> =>
  (await tx.update(userAccount).set(change).where(eq(userAccount.userId, userId)).returning())[0];

/** People by name, after a name. */
export const readUsers = (tx: Tx, after: string | undefined, limit: number): Promise<UserRow[]> =>
  tx
    .select()
    .from(userAccount)
    .where(after === undefined ? undefined : gt(userAccount.userName, after))
    .orderBy(asc(userAccount.userName))
    .limit(limit);

/** People of the operator, active or not. */
export const readOperatorPeople = (tx: Tx): Promise<UserRow[]> =>
  tx.select().from(userAccount).where(isNull(userAccount.tenantId)).orderBy(asc(userAccount.userName));

/** People of the operator who sign in and have one of these roles. */
export const peopleWithRoles = (tx: Tx, roles: readonly string[]): Promise<UserRow[]> =>
  tx
    .select()
    .from(userAccount)
    .where(and(inArray(userAccount.role, [...roles]), eq(userAccount.isActive, true), isNull(userAccount.tenantId)))
    .orderBy(asc(userAccount.userName));

export const insertClient = async (tx: Tx, row: typeof apiClient.$inferInsert): Promise<void> => {
  await tx.insert(apiClient).values(row);
};

export const clientById = async (tx: Tx, clientId: string): Promise<ClientRow | undefined> =>
  (await tx.select().from(apiClient).where(eq(apiClient.clientId, clientId)))[0];

export const setClientActive = async (tx: Tx, clientId: string, isActive: boolean): Promise<ClientRow | undefined> =>
  (await tx.update(apiClient).set({ isActive }).where(eq(apiClient.clientId, clientId)).returning())[0];

export const readClients = (tx: Tx, after: string | undefined, limit: number): Promise<ClientRow[]> =>
  tx
    .select()
    .from(apiClient)
    .where(after === undefined ? undefined : gt(apiClient.clientId, after))
    .orderBy(asc(apiClient.clientId))
    .limit(limit);

export const insertToken = async (tx: Tx, row: typeof accessToken.$inferInsert): Promise<void> => {
  await tx.insert(accessToken).values(row);
};

export interface TokenHolder {
  readonly token: TokenRow;
  readonly user: UserRow | null;
  readonly client: ClientRow | null;
}

/** A token that has not expired, with the person or machine it was given to. */
export const tokenHolder = async (tx: Tx, tokenHash: string, now: Date): Promise<TokenHolder | undefined> =>
  (
    await tx
      .select({ token: accessToken, user: userAccount, client: apiClient })
      .from(accessToken)
      .leftJoin(userAccount, eq(userAccount.userId, accessToken.userId))
      .leftJoin(apiClient, eq(apiClient.clientId, accessToken.clientId))
      .where(and(eq(accessToken.tokenHash, tokenHash), gt(accessToken.expiresAt, now)))
  )[0];

/** Takes away the tokens that were kept in the data folder before. */
export const deleteLocalTokens = async (tx: Tx): Promise<void> => {
  await tx.delete(accessToken).where(eq(accessToken.isLocal, true));
};

export const deleteToken = async (tx: Tx, tokenHash: string): Promise<void> => {
  await tx.delete(accessToken).where(eq(accessToken.tokenHash, tokenHash));
};

/** Ends every session and token of a person. */
export const deleteTokensOfUser = async (tx: Tx, userId: UserId): Promise<void> => {
  await tx.delete(accessToken).where(eq(accessToken.userId, userId));
};

export const deleteTokensOfClient = async (tx: Tx, clientId: string): Promise<void> => {
  await tx.delete(accessToken).where(and(eq(accessToken.clientId, clientId), isNull(accessToken.userId)));
};

export const deleteExpiredTokens = async (tx: Tx, now: Date): Promise<void> => {
  await tx.delete(accessToken).where(lte(accessToken.expiresAt, now));
};
