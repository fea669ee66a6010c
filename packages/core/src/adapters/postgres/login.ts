import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import postgres from "postgres";
import { invalid, Problem } from "../../kernel/index.ts";

const ITERATIONS = 4096;
const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * What PostgreSQL keeps of a password (RFC 5803, SCRAM-SHA-256), made here, so that the password itself stands in no statement and no
 * log of the server.
 */
const verifier = (password: string): string => {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const key = (name: string): Buffer => createHmac("sha256", salted).update(name).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${stored}:${key("Server Key").toString("base64")}`;
};

/**
 * Makes the user that functions log in as, or gives it the password that it should have: owner of nothing, member of the application's
 * role and without its rights until a transaction takes that role on. To be run as the owner, after the migrations.
 */
export const ensureLogin = async (
  ownerUrl: string,
  login: { readonly user: string; readonly password: string },
): Promise<void> => {
  if (!NAME.test(login.user)) throw invalid("login", "must be a plain lower-case name of at most 63 characters");
  // SASLprep leaves these as they are; others would need it.
  if (!/^[\x21-\x7E]{16,}$/.test(login.password))
    throw invalid("login", "has a password of less than 16 plain characters");
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => undefined, connect_timeout: 10 });
  try {
    const [found] = await owner`select 1 from pg_roles where rolname = ${login.user}`;
    // A new role has no further rights; to say so again takes a superuser, which the owner in RDS is not.
    const traits = `LOGIN NOINHERIT PASSWORD '${verifier(login.password)}'`;
    await owner.unsafe(`${found === undefined ? "CREATE" : "ALTER"} ROLE "${login.user}" ${traits}`);
    await owner.unsafe(`GRANT commops_app TO "${login.user}"`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem("internal", "INTERNAL", `the login ${login.user} could not be made: ${reason}`);
  } finally {
    await owner.end({ timeout: 5 });
  }
};
