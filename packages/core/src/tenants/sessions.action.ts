import { z } from "zod";
import { Problem, type UserId } from "../kernel/index.ts";
import { action, type Call, isRole, systemActor, type World } from "../record/index.ts";
import { csrfTokenOf, hashToken, roleMismatch } from "./identity.ts";
import {
  deleteExpiredTokens,
  deleteToken,
  insertToken,
  insertUser,
  updateUser,
  userById,
  userByName,
  userBySubject,
} from "./identity.store.ts";
import { passwordMatches } from "./password.store.ts";
import { freshToken } from "./tokens.action.ts";

const SESSION_HOURS = 12;

type Ground = Pick<Call, "world" | "traceId">;

/** A session that was just opened: the token goes into the cookie, the CSRF token to the page. */
export interface OpenedSession {
  readonly token: string;
  readonly csrfToken: string;
  readonly expiresAt: string;
}

const asSignIn = (ground: Ground): Call => ({ ...ground, actor: systemActor("sign-in") });

/** The active person with this name and password, or undefined. Takes as long for a name that nobody has. */
export const verifyPassword = async (
  world: Pick<World, "database">,
  userName: string,
  password: string,
): Promise<UserId | undefined> => {
  const user = await world.database.transaction("operator", (tx) => userByName(tx, userName));
  const isRight = await passwordMatches(password, user?.passwordHash);
  return isRight && user?.isActive === true ? user.userId : undefined;
};

const saveSession = action(
  "session.open",
  { needs: "admin", input: z.object({ user_id: z.string(), by: z.enum(["password", "oidc"]) }) },
  async (door, input) => {
    const userId: UserId = `USR-${input.user_id.replace(/^USR-/, "")}`;
    const user = await door.load((tx) => userById(tx, userId));
    if (!user) throw new Problem("unauthenticated", "UNAUTHENTICATED", "this person is not known here");
    const token = freshToken();
    const csrfToken = csrfTokenOf(token);
    const expiresAt = new Date(door.now.getTime() + SESSION_HOURS * 3_600_000);
    const subject = { objectType: "user", objectId: userId, tenantId: user.tenantId ?? undefined };
    return door.save({ ...subject, metadata: { by: input.by } }, async (tx): Promise<OpenedSession> => {
      await deleteExpiredTokens(tx, door.now);
      await insertToken(tx, {
        tokenHash: hashToken(token),
        kind: "session",
        userId,
        role: user.role,
        tenantId: user.tenantId,
        csrfHash: hashToken(csrfToken),
        createdAt: door.now,
        expiresAt,
      });
      return { token, csrfToken, expiresAt: expiresAt.toISOString() };
    });
  },
);

/** Signs a person in by name and password. Throws unauthenticated, without saying which of the two was wrong. */
export const openSession = async (ground: Ground, userName: string, password: string): Promise<OpenedSession> => {
  const userId = await verifyPassword(ground.world, userName, password);
  if (userId === undefined)
    throw new Problem("unauthenticated", "UNAUTHENTICATED", "the user name or the password is wrong");
  return saveSession.run(asSignIn(ground), { user_id: userId, by: "password" });
};

/** What the identity provider says about a person (OpenID Connect Core 1.0, section 5.1). */
export interface OidcPerson {
  /** Issuer and subject together: a subject is unique within its issuer only. */
  readonly subject: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
  /** The role the provider vouches for, where it does. */
  readonly role: string | undefined;
}

const admitPerson = action(
  "user.admit",
  {
    needs: "admin",
    input: z.object({
      subject: z.string(),
      name: z.string(),
      email: z.string(),
      role: z.string(),
      tenant_id: z.string().optional(),
      known_as: z.string().optional(),
    }),
  },
  (door, input) => {
    const known = input.known_as;
    const userId: UserId = `USR-${known?.replace(/^USR-/, "") ?? door.clock.id()}`;
    return door.save({ objectType: "user", objectId: userId, metadata: { subject: input.subject } }, async (tx) => {
      if (known !== undefined) await updateUser(tx, userId, { oidcSubject: input.subject });
      else
        await insertUser(tx, {
          userId,
          userName: input.name,
          displayName: input.name,
          email: input.email,
          role: input.role,
          tenantId: null,
          oidcSubject: input.subject,
          createdAt: door.now,
        });
      return { user_id: userId };
    });
  },
);

const notInvited = (name: string): Problem =>
  new Problem(
    "forbidden",
    "PERMISSION_DENIED",
    `${name} is signed in at the identity provider but has no account here. Ask an administrator to add one with this mail address as user name.`,
  );

/** The account of a person from the identity provider: by subject, by verified mail address, or new with the role it vouches for. */
const accountOf = async (ground: Ground, person: OidcPerson): Promise<UserId> => {
  const { database } = ground.world;
  const bySubject = await database.transaction("operator", (tx) => userBySubject(tx, person.subject));
  if (bySubject?.isActive === false) throw notInvited(bySubject.userName);
  if (bySubject) return bySubject.userId;
  const byMail =
    person.email !== undefined && person.isEmailVerified
      ? await database.transaction("operator", (tx) => userByName(tx, person.email ?? ""))
      : undefined;
  const role = byMail?.role ?? person.role;
  if (byMail && (!byMail.isActive || byMail.oidcSubject !== null)) throw notInvited(byMail.userName);
  if (role === undefined || !isRole(role) || (!byMail && roleMismatch(role, undefined) !== undefined))
    throw notInvited(person.email ?? person.name);
  const admitted = await admitPerson.run(asSignIn(ground), {
    subject: person.subject,
    name: person.email ?? person.name,
    email: person.email ?? "",
    role,
    ...(byMail ? { known_as: byMail.userId } : {}),
  });
  return admitted.user_id;
};

/** Signs in a person whom the identity provider vouches for. Throws forbidden when nobody invited them. */
export const openOidcSession = async (ground: Ground, person: OidcPerson): Promise<OpenedSession> =>
  saveSession.run(asSignIn(ground), { user_id: await accountOf(ground, person), by: "oidc" });

/** Ends a session. Ending one that is gone is no error. */
export const closeSession = async (ground: Ground, tokenHash: string): Promise<void> => {
  await endSession.run(asSignIn(ground), { token_hash: tokenHash });
};

const endSession = action(
  "session.close",
  { needs: "admin", input: z.object({ token_hash: z.string() }) },
  (door, input) =>
    door.save({ objectType: "access_token", objectId: input.token_hash }, async (tx) => {
      await deleteToken(tx, input.token_hash);
      return {};
    }),
);
