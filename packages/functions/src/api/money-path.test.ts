import { billableMonth } from "@commops/core/testing/invoicing.ts";
import { actorOf, callAs } from "@commops/core/testing/world.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestApi, testApi } from "../../testing/api.ts";

let api: TestApi;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  api = await testApi();
  await billableMonth(callAs(api.world, actorOf("admin")), ["TEN-ACME", "TEN-OTHER"]);
  tokens["operator"] = await api.token("billing_operator", { user: "olga" });
  tokens["approver"] = await api.token("approver", { user: "ada" });
  tokens["finance"] = await api.token("finance", { user: "finn" });
  tokens["admin"] = await api.token("admin", { user: "olga" });
  tokens["tenant"] = await api.token("tenant_user", { tenant: "TEN-ACME" });
  tokens["stranger"] = await api.token("tenant_admin", { tenant: "TEN-OTHER" });
});
afterAll(() => api.close());

const as = (who: string, route: string, body?: unknown) =>
  api.send(route, { token: tokens[who], ...(body === undefined ? {} : { body }) });

const SEPTEMBER = { tenant_id: "TEN-ACME", period_start: "2025-09-01", period_end: "2025-09-30" };
const ID = "INV-202509-ACME";
let digest = "";

test("generating answers 202 with a run, which succeeds with the invoice's id", async () => {
  const started = await as("operator", "POST /invoices:generate", SEPTEMBER);
  expect(started).toMatchObject({ status: 202, body: { run_id: expect.stringMatching(/^RUN-/), status: "running" } });
  await api.settled();
  const run = await as("operator", `GET /workflows/${started.body["run_id"]}`);
  expect(run).toMatchObject({ status: 200, body: { status: "succeeded", invoice_id: ID, error: null } });
});

test("a run that fails says why", async () => {
  const body = { ...SEPTEMBER, tenant_id: "TEN-NOBODY" };
  const started = await as("operator", "POST /invoices:generate", body);
  await api.settled();
  const run = await as("operator", `GET /workflows/${started.body["run_id"]}`);
  expect(run.body).toMatchObject({
    status: "failed",
    error: { code: "NOT_FOUND", message: expect.stringContaining("TEN-NOBODY") },
  });
});

test("what the request itself has wrong is refused at once, without a run", async () => {
  expect(await as("operator", "POST /invoices:generate", { tenant_id: "TEN-ACME" })).toMatchObject({
    status: 400,
    body: { error: { code: "INVALID_ARGUMENT", details: [{ field: "period_start" }, { field: "period_end" }] } },
  });
});

test("the same idempotency key gives the same run and starts nothing twice", async () => {
  const send = () =>
    api.send("POST /invoices:generate", {
      token: tokens["operator"],
      body: SEPTEMBER,
      headers: { "idempotency-key": "gen-1" },
    });
  const [one, two] = [await send(), await send()];
  expect(two).toMatchObject({ status: 202, body: one.body });
});

test("a draft is the operator's: the tenant does not find it", async () => {
  expect((await as("operator", `GET /invoices/${ID}`)).body).toMatchObject({ status: "draft" });
  expect((await as("tenant", `GET /invoices/${ID}`)).status).toBe(404);
  expect((await as("tenant", `GET /invoices/${ID}/lines`)).status).toBe(404);
  expect((await as("tenant", `GET /invoices/${ID}/export?format=pdf`)).status).toBe(404);
  expect((await as("tenant", "GET /invoices")).body).toMatchObject({ invoices: [] });
});

test("submitting answers the digest that an approver decides on", async () => {
  const submitted = await as("operator", `POST /invoices/${ID}:submit`);
  expect(submitted).toMatchObject({ status: 200, body: { digest: expect.stringMatching(/^sha256:/) } });
  digest = submitted.body["digest"] ?? "";
});

test("nobody approves what they prepared, and nobody approves what they did not see", async () => {
  const own = await as("admin", `POST /invoices/${ID}:approve`, { digest });
  expect(own).toMatchObject({ status: 403, body: { error: { code: "PERMISSION_DENIED" } } });
  expect(JSON.stringify(own.body)).toContain("four-eyes");
  const stale = { digest: `sha256:${"0".repeat(64)}` };
  expect(await as("approver", `POST /invoices/${ID}:approve`, stale)).toMatchObject({
    status: 409,
    body: { error: { code: "FAILED_PRECONDITION" } },
  });
});

test("nobody approves with a token that they made for another name, nor what they had others' tokens prepare", async () => {
  const made = async (by: string, role: string, user_name: string): Promise<string> =>
    (await as(by, "POST /tokens", { role, user_name })).body["token"] ?? "";
  tokens["puppet"] = await made("admin", "approver", "ada");
  const own = await as("puppet", `POST /invoices/${ID}:approve`, { digest });
  expect(own).toMatchObject({ status: 403, body: { error: { code: "PERMISSION_DENIED" } } });
  expect(JSON.stringify(own.body)).toMatch(/four-eyes.*who made this token/);

  tokens["chief"] = await api.token("admin", { user: "carl" });
  tokens["hand"] = await made("chief", "billing_operator", "hans");
  tokens["seal"] = await made("chief", "approver", "sean");
  const OTHER = "INV-202509-OTHER";
  await as("hand", "POST /invoices:generate", { ...SEPTEMBER, tenant_id: "TEN-OTHER" });
  await api.settled();
  const submitted = await as("hand", `POST /invoices/${OTHER}:submit`);
  const decision = { digest: submitted.body["digest"] };
  expect((await as("seal", `POST /invoices/${OTHER}:approve`, decision)).status).toBe(403);
  expect((await as("chief", `POST /invoices/${OTHER}:approve`, decision)).status).toBe(403);
  expect((await as("approver", `POST /invoices/${OTHER}:send-back`, { reason: "only a rehearsal" })).status).toBe(200);
});

test("the inbox approves an invoice with its digest, and the tenant sees it from then on", async () => {
  const inbox = await as("approver", "GET /approvals?state=pending");
  const [request] = JSON.parse(JSON.stringify(inbox.body["approvals"])) as { approval_id: string; digest: string }[];
  expect(request?.digest).toBe(digest);
  const decided = await as("approver", `POST /approvals/${request?.approval_id}:approve`, { digest });
  expect(decided).toMatchObject({ status: 200, body: { state: "approved", subject: { invoice_id: ID } } });
  const shown = await as("tenant", `GET /invoices/${ID}`);
  expect(shown).toMatchObject({
    status: 200,
    body: {
      invoice_id: ID,
      tenant_id: "TEN-ACME",
      status: "issued",
      currency: "USD",
      number: expect.any(String),
      digest,
      total_usd: expect.any(Number),
      issued_at: expect.any(String),
      paid_at: null,
    },
  });
  expect(shown.body).not.toHaveProperty("cost_usd");
});

test("another tenant finds neither the invoice nor its lines, payments and files", async () => {
  for (const path of ["", "/lines", "/payments", "/explain", "/export?format=csv"])
    expect({ path, status: (await as("stranger", `GET /invoices/${ID}${path}`)).status }).toEqual({
      path,
      status: 404,
    });
  const notice = { invoice_id: ID, method: "bank_transfer", amount_usd: 1, provider_ref: "UTR-0" };
  expect((await as("stranger", "POST /payments", notice)).status).toBe(404);
  expect((await as("stranger", "GET /workflows")).body).toMatchObject({ runs: [] });
});

test("an export is a link that works without a token for ten minutes, and for nothing else", async () => {
  const link = await as("tenant", `GET /invoices/${ID}/export?format=pdf`);
  expect(link).toMatchObject({ status: 200, body: { expires_at: "2026-07-10T08:10:00.000Z" } });
  const { pathname } = new URL(link.body["url"] ?? "");
  const file = await api.send(`GET /${pathname}`);
  expect(file.status).toBe(200);
  expect(file.headers.get("content-type")).toBe("application/pdf");
  expect(file.headers.get("content-disposition")).toMatch(/^attachment; filename="[A-Za-z0-9._-]+\.pdf"$/);
  expect(file.body["text"]).toMatch(/^%PDF-/);
  expect(JSON.stringify(api.log)).not.toContain(pathname);
  const [payload = "", signature = ""] = pathname.replace("/downloads/", "").split(".");
  const said = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as object;
  const forged = Buffer.from(JSON.stringify({ ...said, expires: 9_999_999_999_999 })).toString("base64url");
  expect((await api.send(`GET //downloads/${forged}.${signature}`)).status).toBe(404);
  expect((await api.send("GET //downloads/nonsense")).status).toBe(404);
  api.world.clock.set("2026-07-10T08:10:01Z");
  expect((await api.send(`GET /${pathname}`)).status).toBe(404);
});

test("a manual payment is pending until a second person approves it, then the invoice is paid", async () => {
  const { body: invoice } = await as("finance", `GET /invoices/${ID}`);
  const payment = await as("finance", "POST /payments", {
    invoice_id: ID,
    method: "bank_transfer",
    amount_usd: invoice["total_usd"],
    provider_ref: "UTR-1",
  });
  expect(payment).toMatchObject({
    status: 201,
    body: { payment_id: expect.stringMatching(/^PAY-/), status: "pending" },
  });
  const approve = (who: string) =>
    as(who, `POST /payments/${payment.body["payment_id"]}:approve`, { digest: payment.body["digest"] });
  expect((await approve("finance")).status).toBe(403);
  expect((await approve("approver")).status).toBe(200);
  expect((await as("tenant", `GET /invoices/${ID}`)).body).toMatchObject({
    status: "paid",
    paid_at: expect.any(String),
  });
});

test("a table is exported as CSV while it is read, for operators with the scope of the table", async () => {
  const file = await as("finance", "GET /exports/invoice_header?format=csv");
  expect(file.status).toBe(200);
  expect(file.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(file.body["text"]).toMatch(/^invoice_id,[^]*INV-202509-ACME/);
  expect((await as("tenant", "GET /exports/invoice_header?format=csv")).status).toBe(403);
  expect((await as("finance", "GET /exports/access_token?format=csv")).status).toBe(404);
});
