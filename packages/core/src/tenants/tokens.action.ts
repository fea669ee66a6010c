import { randomBytes } from "node:crypto";
import { z } from "zod";
import { invalid, Problem, tenantIdInput, type UserId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { action, type Actor, type Call, isRole, systemActor, type World } from "../record/index.ts";
import { actorFor, hashToken, type Identity, roleMismatch, sameSecret } from "./identity.ts";
import {
  clientById,
  deleteExpiredTokens,
  deleteLocalTokens,
  insertToken,
  insertUser,
  requireTenant,
  type TokenHolder,
  tokenHolder,
  userByName,
} from "./identity.store.ts";
import { roleInput } from "./users.action.ts";

const HOUR_MS = 3_600_000;
const CLIENT_TOKEN_HOURS = 1;

/** 256 random bits, marked so that a leaked one is recognised. */
export const freshToken = (): string => `cop_${randomBytes(32).toString("base64url")}`;

const issueTokenInput = z.object({
  role: roleInput,
  tenant_id: tenantIdInput.optional(),
  user_name: z.string().min(1).max(100).optional(),
  valid_hours: z
    .number()
    .int()
    .min(1)
    .max(24 * 366)
    .default(24 * 30),
});

/** The person behind a token: found by name, or added where nobody has the name yet. */
const personFor = async (
  tx: Tx,
  input: z.output<typeof issueTokenInput>,
  fresh: UserId,
  now: Date,
): Promise<UserId> => {
  const userName = input.user_name ?? "";
  const found = await userByName(tx, userName);
  if (!found)
    return (
      await insertUser(tx, {
        userId: fresh,
        userName,
        displayName: userName,
        email: "",
        role: input.role,
        tenantId: input.tenant_id ?? null,
        createdAt: now,
      })
    ).userId;
  if (!found.isActive) throw invalid("user_name", `${userName} is deactivated`);
  if ((found.tenantId ?? undefined) !== input.tenant_id)
    throw invalid("user_name", `${userName} belongs to ${found.tenantId ?? "the operator"}; choose another name`);
  return found.userId;
};

/**
 * Who counts as the holder's second self: the person who made the token. The command line of this machine makes tokens as the machine's owner,
 * for whoever asks there: that is nobody's second self.
 */
const minterOf = (actor: Actor): string | null =>
  actor.type === "system" || actor.isLocal === true ? null : (actor.person ?? actor.id);

/**
 * Makes a bearer token for a role. Four eyes count its holder and who made it as one person. Throws invalid when a role that approves has no person, or a tenant's role no tenant.
 * The token is in the answer and nowhere else.
 */
export const issueToken = action("token.issue", { needs: "admin", input: issueTokenInput }, async (door, input) => {
  const mismatch = roleMismatch(input.role, input.tenant_id);
  if (mismatch !== undefined) throw invalid("role", mismatch);
  if (input.role === "approver" && input.user_name === undefined)
    throw invalid("user_name", "approving needs a person: name who holds this token");
  const token = freshToken();
  const tokenHash = hashToken(token);
  const expiresAt = new Date(door.now.getTime() + input.valid_hours * HOUR_MS);
  const metadata = { role: input.role, user_name: input.user_name, expires_at: expiresAt.toISOString() };
  const subject = { objectType: "access_token", objectId: tokenHash, tenantId: input.tenant_id, metadata };
  return door.save(subject, async (tx) => {
    if (input.tenant_id !== undefined) await requireTenant(tx, input.tenant_id);
    const userId =
      input.user_name === undefined ? null : await personFor(tx, input, `USR-${door.clock.id()}`, door.now);
    await insertToken(tx, {
      tokenHash,
      kind: "bearer",
      userId,
      role: input.role,
      tenantId: input.tenant_id ?? null,
      mintedBy: minterOf(door.actor),
      createdAt: door.now,
      expiresAt,
    });
    return { token, role: input.role, expires_at: expiresAt.toISOString() };
  });
});

const COMMAND_LINE = "command-line";
const LOCAL_HOURS = 24 * 30;

/**
 * Makes the administrator's token that the command line of this machine uses. Each one takes the former away: what a killed server left in the
 * data folder opens nothing once there is a new one.
 */
export const issueLocalToken = action("token.issue-local", { needs: "admin", input: z.object({}) }, (door) => {
  const token = freshToken();
  const tokenHash = hashToken(token);
  const expiresAt = new Date(door.now.getTime() + LOCAL_HOURS * HOUR_MS);
  const subject = { objectType: "access_token", objectId: tokenHash, metadata: { user_name: COMMAND_LINE } };
  return door.save(subject, async (tx) => {
    await deleteLocalTokens(tx);
    const person = { role: "admin", user_name: COMMAND_LINE, valid_hours: LOCAL_HOURS } as const;
    const userId = await personFor(tx, person, `USR-${door.clock.id()}`, door.now);
    const holder = { userId, role: person.role, tenantId: null, isLocal: true };
    await insertToken(tx, { tokenHash, kind: "bearer", ...holder, createdAt: door.now, expiresAt });
    return { token };
  });
});

/** Takes the command line's token away: the server stops. */
export const revokeLocalToken = action("token.revoke-local", { needs: "admin", input: z.object({}) }, (door) =>
  door.save({ objectType: "access_token", objectId: COMMAND_LINE }, async (tx) => {
    await deleteLocalTokens(tx);
    return {};
  }),
);

const saveClientToken = action(
  "token.exchange",
  {
    needs: "admin",
    input: z.object({ client_id: z.string(), role: roleInput, tenant_id: tenantIdInput.optional() }),
  },
  (door, input) => {
    const token = freshToken();
    const subject = { objectType: "api_client", objectId: input.client_id, tenantId: input.tenant_id };
    return door.save(subject, async (tx) => {
      await deleteExpiredTokens(tx, door.now);
      await insertToken(tx, {
        tokenHash: hashToken(token),
        kind: "bearer",
        clientId: input.client_id,
        role: input.role,
        tenantId: input.tenant_id ?? null,
        createdAt: door.now,
        expiresAt: new Date(door.now.getTime() + CLIENT_TOKEN_HOURS * HOUR_MS),
      });
      return { access_token: token, expires_in: (CLIENT_TOKEN_HOURS * HOUR_MS) / 1000, role: input.role };
    });
  },
);

/** OAuth 2.0 client_credentials (RFC 6749, 4.4): a token of one hour for a client that proves its secret; unauthenticated otherwise. */
export const exchangeClientSecret = async (
  ground: Pick<Call, "world" | "traceId">,
  clientId: string,
  secret: string,
): Promise<{ access_token: string; expires_in: number; role: string }> => {
  const client = await ground.world.database.transaction("operator", (tx) => clientById(tx, clientId));
  const isRight = sameSecret(client?.secretHash ?? "", hashToken(secret));
  if (!client || !isRight || !client.isActive || !isRole(client.role))
    throw new Problem("unauthenticated", "UNAUTHENTICATED", "the client id or its secret is wrong");
  return saveClientToken.run(
    { ...ground, actor: systemActor("sign-in") },
    { client_id: clientId, role: client.role, ...(client.tenantId === null ? {} : { tenant_id: client.tenantId }) },
  );
};

/** A session follows its person's present role, a client's token its client's; other tokens carry their own. */
const identityOf = ({ token, user, client }: TokenHolder): Identity | undefined => {
  const isGone =
    (token.userId !== null && user?.isActive !== true) || (token.clientId !== null && client?.isActive !== true);
  const role = token.kind === "session" ? user?.role : (client?.role ?? token.role);
  if (isGone || role === undefined || !isRole(role)) return undefined;
  const tenantId = (token.kind === "session" ? user?.tenantId : token.tenantId) ?? undefined;
  const id = user?.userId ?? client?.clientId ?? `token-${token.tokenHash.slice(0, 12)}`;
  return {
    actor: actorFor({
      id,
      person: user?.userId,
      role,
      tenantId,
      minter: token.mintedBy ?? undefined,
      isLocal: token.isLocal,
    }),
    role,
    userName: user?.userName,
    displayName: user?.displayName ?? client?.clientName ?? `${role} token`,
    kind: token.kind,
    tokenHash: token.tokenHash,
    csrfHash: token.csrfHash ?? undefined,
    expiresAt: token.expiresAt,
  };
};

/** Who a bearer token or a session cookie stands for; undefined when it is unknown, expired or its holder is gone. */
export const authenticate = async (
  world: Pick<World, "database" | "clock">,
  token: string,
  kind: Identity["kind"],
): Promise<Identity | undefined> => {
  const holder = await world.database.transaction("operator", (tx) =>
    tokenHolder(tx, hashToken(token), world.clock.now()),
  );
  return holder?.token.kind === kind ? identityOf(holder) : undefined;
};
