import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testPostgresUrl } from "../../../testing/database.ts";
import type { Database, Tx } from "../../ports/index.ts";
import { isTenantId } from "../../kernel/index.ts";
import { connectPostgres, migratePostgres } from "./database.ts";
import { ensureLogin } from "./login.ts";

const password = (): string => randomUUID().replaceAll("-", "");

// Roles and connections are a server's: the embedded database has neither.
describe.skipIf(testPostgresUrl === undefined)("functions in AWS log in as somebody who owns nothing", () => {
  const name = `login_${randomUUID().replaceAll("-", "")}`;
  const user = `user_${randomUUID().slice(0, 8)}`;
  const owner = `owner_${randomUUID().slice(0, 8)}`;
  const first = password();
  let admin: postgres.Sql;
  let ownerUrl: string;
  let database: Database;

  const urlOf = (secret: string): string => {
    const url = new URL(ownerUrl);
    url.username = user;
    url.password = secret;
    return url.href;
  };

  beforeAll(async () => {
    admin = postgres(testPostgresUrl ?? "", { max: 1, onnotice: () => undefined });
    // As in RDS: the owner may make roles, but is no superuser.
    const secret = password();
    await admin.unsafe(`create role "${owner}" login createrole password '${secret}'`);
    await admin.unsafe(
      `do $$ begin create role commops_app nologin; exception when duplicate_object then null; end $$`,
    );
    await admin.unsafe(`grant commops_app to "${owner}" with admin option`);
    await admin.unsafe(`create database ${name} owner "${owner}"`);
    const url = new URL(testPostgresUrl ?? "");
    url.pathname = `/${name}`;
    url.username = owner;
    url.password = secret;
    ownerUrl = url.href;
    await migratePostgres(ownerUrl);
    await ensureLogin(ownerUrl, { user, password: first });
    database = connectPostgres(urlOf(first), { connections: 1, isProxied: true });
  });
  afterAll(async () => {
    await database.close();
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.unsafe(`drop role "${user}"`);
    await admin.unsafe(`drop role "${owner}"`);
    await admin.end();
  });

  test("a transaction has the application's rights and its tenant's rows, and both end with it", async () => {
    const acme = "acme";
    if (!isTenantId(acme)) throw new Error("acme is no tenant id");
    const seen = await database.transaction({ tenantId: acme }, (tx) =>
      database.rows<{ role: string; tenant: string }>(
        tx,
        sql`select current_user::text as role, current_setting('app.tenant') as tenant, (select count(*) from tenant_master) as n`,
      ),
    );
    expect(seen).toMatchObject([{ role: "commops_app", tenant: "acme" }]);
    const outside = postgres(urlOf(first), { max: 1, prepare: false });
    expect(await outside`select current_user::text as role`).toMatchObject([{ role: user }]);
    await expect(outside`select * from tenant_master`).rejects.toThrow(/permission denied/);
    await outside.end();
  });

  test("it owns nothing, goes round no row-level security and makes no roles", async () => {
    const rows = await database.transaction("operator", (tx) =>
      database.rows(
        tx,
        sql`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit,
          (select count(*)::int from pg_class c where c.relowner = r.oid) as owned from pg_roles r where rolname = ${user}`,
      ),
    );
    expect(rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolinherit: false, owned: 0 },
    ]);
  });

  test("nothing stays behind on a connection that others will use: no statement, no setting, no lock", async () => {
    const inTransaction = (tx: Tx) =>
      database.rows(
        tx,
        sql`select (select count(*)::int from pg_prepared_statements) as statements,
          (select count(*)::int from pg_locks where pid = pg_backend_pid() and locktype = 'advisory') as locks`,
      );
    for (let again = 0; again < 3; again += 1)
      expect(await database.transaction("operator", inTransaction)).toEqual([{ statements: 0, locks: 0 }]);
  });

  test("a changed password counts from then on, and none stands in an error", async () => {
    const next = password();
    await ensureLogin(ownerUrl, { user, password: next });
    const fresh = connectPostgres(urlOf(next), { connections: 1, isProxied: true });
    await fresh.transaction("operator", async () => undefined);
    await fresh.close();
    const wrong = ensureLogin(ownerUrl.replace(`/${name}`, "/no_such_database"), { user, password: next });
    const error: unknown = await wrong.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "internal" });
    expect((error as Error).stack).not.toContain(next);
    await ensureLogin(ownerUrl, { user, password: first });
  });
});
