import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AthenaClient } from "@aws-sdk/client-athena";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AthenaDouble, ATHENA_BROKEN, ATHENA_THROTTLED, openAthena } from "../../../../testing/aws/athena.ts";
import type { StoredObjects } from "../../../../testing/aws/athena-engine.ts";
import { openS3, type S3Double } from "../../../../testing/aws/s3.ts";
import { lakeContract, type LakeWorld } from "../../../../testing/lake-contract.ts";
import type { Lake } from "../../../ports/index.ts";
import { openAthenaLake } from "./lake.ts";
import type { Athena } from "./run.ts";
import { openStorage, type Storage } from "./storage.ts";

const LAKE = "s3://bucket/lake/fact_cost_raw/";
const SCRATCH = "s3://bucket/scratch/";

let folder: string;
let double: AthenaDouble;
let s3: S3Double;
let client: S3Client;
let storage: Storage;
let lake: Lake;
let world: LakeWorld;
let athena: Athena;
let now = Date.parse("2026-06-10T00:00:00Z");

const CREDENTIALS = { region: "eu-central-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const keyOf = (location: string): string => location.replace("s3://bucket/", "");

/** The same objects as the query engine sees them. */
const objects = (): StoredObjects => ({
  read: async (location) => s3.bucket.objects.get(keyOf(location))?.content ?? Buffer.alloc(0),
  write: async (location, content) => {
    const path = join(folder, randomUUID());
    await writeFile(path, content);
    await storage.upload(path, location);
  },
  list: (at) => storage.list(at),
});

const open = (longest = 60_000): Lake => {
  const client = new AthenaClient({
    ...CREDENTIALS,
    endpoint: double.endpoint,
    maxAttempts: 1,
  });
  const sleep = async (milliseconds: number): Promise<void> => void (now += milliseconds);
  athena = { client, database: "commops", workGroup: "commops", longest, sleep, now: () => now };
  return openAthenaLake({
    athena,
    storage,
    tables: [{ name: "fact_cost_raw", folder: LAKE }],
    scratchFolder: SCRATCH,
    bucketBy: "source_digest",
  });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-athena-"));
  s3 = await openS3("bucket", 3);
  const checksums = {
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  } as const;
  client = new S3Client({ ...CREDENTIALS, ...checksums, endpoint: s3.endpoint, forcePathStyle: true });
  storage = openStorage(client);
  double = await openAthena({ objects: objects(), tables: { fact_cost_raw: LAKE }, workGroup: "commops" });
  lake = open();
  world = {
    lake,
    raw: async (name, content) => {
      const location = `s3://bucket/raw/cur/${name}`;
      await objects().write(location, Buffer.from(content));
      return location;
    },
    keep: async (path, period) => {
      const location = `${LAKE}billing_period=${period}/${randomUUID()}.parquet`;
      await storage.upload(path, location);
      return location;
    },
    scratch: async (suffix) => join(folder, `${randomUUID()}${suffix}`),
  };
});
beforeEach(() => {
  now = Date.parse("2026-06-10T00:00:00Z");
});
afterAll(async () => {
  client.destroy();
  await double.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

lakeContract(() => world);

const ASK = "select 1 as one from fact_cost_raw limit 1";
const made = async () => {
  const path = await world.raw("one.csv", "a\n1\n");
  const target = await world.scratch(".parquet");
  const source = { kind: "csv", path, isCompressed: false, width: 1 } as const;
  const select = "select cast(c1 as varchar) as a, 'x' as source_digest from source";
  await lake.convert({ select, source, target });
  return target;
};

test("a busy or broken service is told from a text that it refuses: only the first may be tried again", async () => {
  const target = await made();
  const ask = (text = ASK) => lake.query(text, { tables: { fact_cost_raw: [target] } });
  double.disturb(1, ATHENA_THROTTLED);
  await expect(ask()).rejects.toMatchObject({ kind: "transient" });
  double.disturb(1, ATHENA_BROKEN);
  await expect(ask()).rejects.toMatchObject({ kind: "transient" });
  double.disturb(1, "hang up");
  await expect(ask()).rejects.toMatchObject({ kind: "transient" });
  double.endNext({ state: "FAILED", retryable: true, category: 1, message: "Query exhausted resources" });
  await expect(ask()).rejects.toMatchObject({ kind: "transient" });
  double.endNext({ state: "CANCELLED" });
  await expect(ask()).rejects.toMatchObject({ kind: "transient" });
  double.endNext({
    state: "FAILED",
    retryable: false,
    category: 2,
    message: "HIVE_BAD_DATA: not a valid Parquet File",
  });
  await expect(ask()).rejects.toMatchObject({ kind: "invalid", code: "UNREADABLE_FILE" });
  await expect(ask("select nothing from nowhere")).rejects.toMatchObject({ kind: "internal" });
  expect(await ask()).toEqual([{ one: 1 }]);
});

test("a query that does not end is stopped", async () => {
  const target = await made();
  const impatient = open(5_000);
  double.endNext({ state: "RUNNING" });
  const asked = impatient.query(ASK, { tables: { fact_cost_raw: [`${LAKE}billing_period=2026-06/x.parquet`] } });
  await expect(asked).rejects.toMatchObject({ kind: "transient", message: expect.stringContaining("5 s") });
  const stopped = double.requests.filter((request) => request.headers["x-amz-target"]?.endsWith("StopQueryExecution"));
  expect(stopped).toHaveLength(1);
  expect(await lake.query(ASK, { tables: { fact_cost_raw: [target] } })).toEqual([{ one: 1 }]);
});

test("a conversion leaves one table and one object, and the tables of dead processes go after a day", async () => {
  double.addTable("scratch_20260608_dead", `${SCRATCH}dead/`);
  double.addTable("scratch_20260609_alive", `${SCRATCH}alive/`);
  const before = new Set(double.tableNames());
  const fresh = open();
  world = { ...world, lake: fresh };
  const path = await world.raw("sweep.csv", "a\n1\n");
  const target = await world.scratch(".parquet");
  const source = { kind: "csv", path, isCompressed: false, width: 1 } as const;
  await fresh.convert({ select: "select cast(c1 as varchar) as a, 'x' as source_digest from source", source, target });
  const after = double.tableNames();
  expect(after).not.toContain("scratch_20260608_dead");
  expect(after).toContain("scratch_20260609_alive");
  expect(after).toContain("fact_cost_raw");
  const own = after.filter((name) => !before.has(name));
  expect(own).toHaveLength(1);
  expect(await storage.list(`${SCRATCH}${own[0]}/`)).toEqual([expect.stringContaining("bucket-00000")]);
  await fresh.close();
  expect(double.tableNames()).not.toContain(own[0]);
});

test("a file without rows, and one that is not in the lake, are named", async () => {
  const path = await world.raw("empty.csv", "a\n");
  const source = { kind: "csv", path, isCompressed: false, width: 1 } as const;
  const select = "select cast(c1 as varchar) as a, 'x' as source_digest from source";
  const target = await world.scratch(".parquet");
  await expect(lake.convert({ select, source, name: "empty.csv", target })).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("empty.csv"),
  });
  const elsewhere = lake.query(ASK, { tables: { fact_cost_raw: ["s3://bucket/elsewhere.parquet"] } });
  await expect(elsewhere).rejects.toThrow("s3://bucket/elsewhere.parquet");
});

test("no secret and no value of a tenant stands in a statement: values travel as parameters", async () => {
  const target = await made();
  await lake.query("select a from fact_cost_raw where a = ?", {
    tables: { fact_cost_raw: [target] },
    parameters: ["TEN-SECRET"],
  });
  expect(double.statements().join("\n")).not.toContain("TEN-SECRET");
});
