import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import type { Database } from "../src/ports/index.ts";
import { testPostgresUrl } from "./database.ts";

/** A test's own database on the server that TEST_DATABASE_URL names, as its owner and as a login that is still to be made. */
export interface LoginOf {
  readonly ownerUrl: string;
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Removes the login; to be called once its database is gone. */
  remove(): Promise<void>;
}

export const loginOf = async (database: Database): Promise<LoginOf> => {
  const user = `login_${randomUUID().slice(0, 8)}`;
  const password = randomUUID().replaceAll("-", "");
  const [found] = await database.transaction("operator", (tx) =>
    database.rows<{ name: string }>(tx, sql`select current_database() as name`),
  );
  const url = new URL(testPostgresUrl ?? "");
  url.pathname = `/${found?.name}`;
  const ownerUrl = url.href;
  Object.assign(url, { username: user, password });
  return {
    ownerUrl,
    url: url.href,
    user,
    password,
    remove: async () => {
      const admin = postgres(testPostgresUrl ?? "", { max: 1 });
      await admin.unsafe(`drop role if exists "${user}"`);
      await admin.end();
    },
  };
};
