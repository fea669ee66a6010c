import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase } from "../../../testing/database.ts";
import type { Database, Tx } from "../../ports/index.ts";
import { connectPostgres } from "./database.ts";

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const refused = async (work: (tx: Tx) => Promise<unknown>): Promise<Error> => {
  const error: unknown = await database.transaction("operator", work).catch((thrown: unknown) => thrown);
  if (!(error instanceof Error)) throw new TypeError("nothing was refused");
  return error;
};

test("an error of the database carries no value of its query, so that no log shows a password hash", async () => {
  const error = await refused((tx) => tx.execute(sql`select ${"a-secret-hash"} from no_such_table`));
  expect(`${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`).not.toContain("a-secret-hash");
  expect(error.message).toContain("no_such_table");
  expect(error.message).toContain("42P01");
});

test("a text that the database cannot store is the caller's fault, as text and in JSON", async () => {
  const text = await refused((tx) => tx.execute(sql`select ${"a\u0000b"}::text`));
  const json = await refused((tx) => tx.execute(sql`select ${JSON.stringify({ a: "\u0000" })}::jsonb`));
  expect([text, json]).toEqual([
    expect.objectContaining({ kind: "invalid", code: "INVALID_ARGUMENT" }),
    expect.objectContaining({ kind: "invalid", code: "INVALID_ARGUMENT" }),
  ]);
});

test("a full disk is said as such, for whoever can free space, and the same may be done again then", async () => {
  const full = "do $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$";
  expect(await refused((tx) => tx.execute(sql.raw(full)))).toMatchObject({
    kind: "transient",
    message: expect.stringMatching(/disk .* is full: nothing was changed/),
  });
});

test("a database that cannot be reached is transient, and the address says no password", async () => {
  const nowhere = connectPostgres("postgres://user:hunter2@127.0.0.1:1/none", { connections: 1 });
  const error: unknown = await nowhere
    .transaction("operator", async () => undefined)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: "transient" });
  expect(`${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain("hunter2");
  await nowhere.close();
});
