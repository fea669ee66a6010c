import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { systemClock } from "@commops/core/adapters/embedded/clock.ts";
import { openS3, type S3Double } from "@commops/core/testing/aws/s3.ts";
import { openSesDouble, type SesDouble } from "@commops/core/testing/aws/ses.ts";
import { openStepFunctions, type StepFunctionsDouble } from "@commops/core/testing/aws/step-functions.ts";
import { testPostgresUrl } from "@commops/core/testing/database.ts";
import { invoicingWorld, type InvoicingWorld } from "@commops/core/testing/invoicing.ts";
import { type LoginOf, loginOf } from "@commops/core/testing/login.ts";
import { callAs } from "@commops/core/testing/world.ts";
import { systemActor } from "@commops/core/record";
import { issueToken } from "@commops/core/tenants";
import { simpleParser } from "mailparser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFunction, type BuiltFunction, httpEvent, invoke, removeFunction } from "./functions.ts";

const MIB = 1024 ** 2;
/** A cold start reads all of it: the largest, with the AWS clients, the PDF writer and the whole API, stays below this. */
const MOST_BYTES = 4 * MIB;
const ENTRIES = readdirSync("packages/functions/src/lambda").map((file) => file.replace(/\.ts$/, ""));
const FILES = "commercial-ops-test-files";
const TRACE = "0af7651916cd43dd8448eb211c80319c";

const built = new Map<string, BuiltFunction>();
beforeAll(async () => {
  for (const entry of ENTRIES) built.set(entry, await buildFunction(entry));
});
afterAll(async () => {
  await Promise.all([...built.values()].map(removeFunction));
});

const functionOf = (entry: string): BuiltFunction => {
  const found = built.get(entry);
  if (found === undefined) throw new Error(`there is no entry point ${entry}`);
  return found;
};

test("the entry points are those that the stack deploys", () => {
  expect(ENTRIES.toSorted()).toEqual(["api", "migrate", "stream", "task"]);
});

test.each(ENTRIES)(
  "the bundle of %s is whole, holds no native module and no embedded engine, and is small",
  (entry) => {
    const { bytes, sources, external } = functionOf(entry);
    expect(external).toEqual([]);
    expect(sources.filter((path) => /\.node$|duckdb|pglite|adapters\/embedded\/(?!clock|vault)/.test(path))).toEqual(
      [],
    );
    expect(bytes).toBeLessThan(MOST_BYTES);
  },
);

// Functions work on a real PostgreSQL, as the login that owns nothing.
describe.skipIf(testPostgresUrl === undefined)("a function starts from its bundle alone and answers", () => {
  const secrets = { links: `link${randomUUID()}`, tokens: `token${randomUUID()}`, key: `key${randomUUID()}` };
  let house: InvoicingWorld;
  let s3: S3Double;
  let ses: SesDouble;
  let states: StepFunctionsDouble;
  let login: LoginOf;
  let env: Record<string, string>;
  let token: string;
  let logs = "";

  const run = async <T>(entry: string, events: readonly unknown[], more: Readonly<Record<string, string>> = {}) => {
    const invoked = await invoke<T>(functionOf(entry), { ...env, ...more }, events);
    logs += invoked.log;
    return invoked;
  };

  beforeAll(async () => {
    house = await invoicingWorld(["TEN-A"]);
    await house.issued("TEN-A");
    login = await loginOf(house.world.database);
    [s3, ses, states] = await Promise.all([
      openS3(FILES),
      openSesDouble(),
      openStepFunctions({
        machines: { invoicing: { StartAt: "Done", States: { Done: { Type: "Succeed" } } } },
        tasks: {},
      }),
    ]);
    token = (
      await issueToken.run(callAs({ ...house.world, clock: systemClock }, systemActor("test")), {
        role: "admin",
        user_name: "sam",
      })
    ).token;
    env = {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: secrets.key,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_SESV2: ses.endpoint,
      AWS_ENDPOINT_URL_SFN: states.endpoint,
      _X_AMZN_TRACE_ID: `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Sampled=1`,
      DATABASE_URL: login.url,
      COMMOPS_FILES_BUCKET: FILES,
      COMMOPS_MACHINES: JSON.stringify(states.machineArns),
      COMMOPS_ATHENA_WORKGROUP: "lake",
      COMMOPS_GLUE_DATABASE: "lake",
      COMMOPS_MAIL_SENDER: "seller.example",
      COMMOPS_MAIL_CONFIGURATION_SET: "commops",
      COMMOPS_LINK_SECRET: secrets.links,
      COMMOPS_TOKEN_SECRET: secrets.tokens,
      PUBLIC_URL: "https://ops.example",
    };
  });
  afterAll(async () => {
    await Promise.all([s3.close(), ses.close(), states.close(), house.world.close()]);
    await login.remove();
  });

  test("migrate makes the tables and the login, and is safe to repeat", async () => {
    const owner = {
      DATABASE_URL: login.ownerUrl,
      COMMOPS_LOGIN_USER: login.user,
      COMMOPS_LOGIN_PASSWORD: login.password,
    };
    const { results } = await run("migrate", [{}, {}], owner);
    expect(results).toEqual([{ output: { migrated: true } }, { output: { migrated: true } }]);
  });

  interface HttpAnswer {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }

  test("the API answers its health, and lists tenants to whoever may see them and to nobody else", async () => {
    const authorization = `Bearer ${token}`;
    const { results } = await run<HttpAnswer>("api", [
      httpEvent("GET /api/v1/health", { headers: { "x-trace-id": TRACE } }),
      httpEvent("GET /api/v1/tenants?page_size=5", { headers: { authorization } }),
      httpEvent("GET /api/v1/tenants"),
      httpEvent("GET /nowhere"),
    ]);
    const [health, tenants, nobody, nowhere] = results.map(({ output }) => output);
    expect(health).toMatchObject({ statusCode: 200, headers: { "x-trace-id": TRACE } });
    expect(JSON.parse(health?.body ?? "")).toMatchObject({ status: "ok", version: "0.1.0" });
    expect(health?.headers["strict-transport-security"]).toBeDefined();
    expect(tenants?.statusCode).toBe(200);
    expect(tenants?.body).toContain('"TEN-A"');
    expect([nobody?.statusCode, nowhere?.statusCode]).toEqual([401, 404]);
  });

  test("the streaming function answers the same", async () => {
    const event = httpEvent("GET /api/v1/tenants", { headers: { authorization: `Bearer ${token}` } });
    const { results } = await run<{ metadata: { statusCode: number }; body: string }>("stream", [event]);
    expect(results[0]?.output?.metadata.statusCode).toBe(200);
    expect(results[0]?.output?.body).toContain('"TEN-A"');
  });

  test("the API starts a state machine and shows its execution", async () => {
    const headers = { authorization: `Bearer ${token}` };
    const { results } = await run<HttpAnswer>("api", [
      httpEvent("POST /api/v1/workflows/executions", { headers, body: { machine: "invoicing" } }),
      httpEvent("GET /api/v1/workflows/executions?machine=invoicing", { headers }),
    ]);
    const [started, listed] = results.map(({ output }) => output);
    expect(started?.statusCode).toBeLessThan(300);
    expect(listed?.body).toContain(":execution:invoicing:");
    expect(states.calls().map(({ operation }) => operation)).toContain("StartExecution");
  });

  test("the outbox's task prints an invoice into S3 and mails it through SES, once", async () => {
    const { results } = await run("task", [{}, {}, {}], { COMMOPS_TASK: "dispatch-effects" });
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    const pdfs = [...s3.bucket.objects].filter(([key]) => key.endsWith(".pdf"));
    expect(pdfs.map(([, { content }]) => content.subarray(0, 5).toString())).toEqual(["%PDF-"]);
    expect(ses.sent.map(({ from, to }) => [from, to])).toEqual([["billing@seller.example", ["ann@acme.example"]]]);
    const [attached] = (await simpleParser(ses.sent[0]?.source ?? "")).attachments;
    expect(attached?.content.equals(pdfs[0]?.[1].content ?? Buffer.alloc(0))).toBe(true);
  });

  test("a task's errors have the names that state machines retry or catch, and no stack", async () => {
    const invalid = await run("task", [{ period: 7 }], { COMMOPS_TASK: "allocate-period" });
    expect(invalid.results[0]?.error).toMatchObject({
      errorType: "Invalid",
      trace: [expect.stringMatching(/^Invalid: /)],
    });
    const down = await run("task", [{}], {
      COMMOPS_TASK: "seal-audit",
      DATABASE_URL: "postgres://a:b@127.0.0.1:1/none",
    });
    expect(down.results[0]?.error).toMatchObject({ errorType: "Transient" });
  });

  test("wrong settings are named all at once at the start", async () => {
    const { results } = await run("task", [{}], { COMMOPS_FILES_BUCKET: "", COMMOPS_LINK_SECRET: "short" });
    expect(results[0]?.error?.errorMessage).toMatch(/COMMOPS_FILES_BUCKET[\s\S]*COMMOPS_LINK_SECRET/);
  });

  test("every line that was logged is JSON with its trace, and none holds a secret", () => {
    const lines = logs.split("\n").filter((line) => line !== "");
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.filter(({ message }) => message === "task").map(({ trace_id: id }) => id)).toEqual(
      Array.from({ length: 5 }, () => TRACE),
    );
    for (const secret of [login.password, token, ...Object.values(secrets)]) expect(logs).not.toContain(secret);
    expect(logs).not.toContain("ann@acme.example");
  });
});
