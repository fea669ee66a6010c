import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, testApi } from "../../testing/api.ts";
import { PLAN, withTenants } from "../../testing/tenants.ts";

let api: TestApi;
let token: string;
beforeAll(async () => {
  api = await testApi();
  await withTenants(api, "TEN-A");
  token = await api.token("billing_operator", { user: "olga" });
});
afterAll(() => api.close());

const send = (route: string, body?: unknown, headers: Record<string, string> = {}) =>
  api.send(route, { token, headers, ...(body === undefined ? {} : { body }) });

describe("tenants", () => {
  test("creating one with plan and seats answers its plan binding", async () => {
    const answer = await send("POST /tenants", {
      tenant_id: "TEN-B",
      tenant_name: "Beta",
      billing_contact: { name: "Bob", email: "bob@example.com" },
      plan_code: "PRO-M",
      seats: 5,
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        tenant_id: "TEN-B",
        tenant_name: "Beta",
        status: "active",
        plan_binding: { plan_code: "PRO-M", period_start: "2026-07-01", period_end: "2026-07-31", seats: 5 },
      },
    });
  });

  test("one that is there already is a conflict", async () => {
    const contact = { name: "Ada", email: "ada@example.com" };
    expect(
      await send("POST /tenants", { tenant_id: "TEN-A", tenant_name: "Again", billing_contact: contact }),
    ).toMatchObject({ status: 409, body: { error: { code: "ALREADY_EXISTS" } } });
  });

  test("reading one shows plan, seats and creation", async () => {
    expect(await send("GET /tenants/TEN-A")).toMatchObject({
      status: 200,
      body: {
        tenant_id: "TEN-A",
        tenant_name: "Tenant TEN-A",
        status: "active",
        current_plan: "PRO-M",
        seats: 12,
        created_at: expect.stringMatching(/Z$/),
      },
    });
  });

  test("lists come in pages", async () => {
    const first = await send("GET /tenants?page_size=1");
    expect(first.body).toMatchObject({ tenants: [{ tenant_id: "TEN-A" }], next_page_token: expect.any(String) });
    const second = await send(`GET /tenants?page_size=1&page_token=${first.body["next_page_token"]}`);
    expect(second.body).toMatchObject({ tenants: [{ tenant_id: "TEN-B" }], next_page_token: null });
    for (const query of ["page_size=0", "page_size=201", "page_token=nonsense"])
      expect({ query, ...(await send(`GET /tenants?${query}`)) }).toMatchObject({ query, status: 400 });
  });

  test("a change with the version that was read is taken, one with an older version is refused by 412", async () => {
    const etag = (await send("GET /tenants/TEN-A")).headers.get("etag") ?? "";
    const change = (name: string) => send("PATCH /tenants/TEN-A", { tenant_name: name }, { "if-match": etag });
    expect(await change("New name")).toMatchObject({ status: 200, body: { tenant_name: "New name" } });
    expect(await change("Newer name")).toMatchObject({ status: 412, body: { error: { code: "FAILED_PRECONDITION" } } });
    expect((await send("PATCH /tenants/TEN-A", { tenant_name: "Unconditional" })).status).toBe(200);
  });
});

describe("plans", () => {
  const put = (body: object, headers: Record<string, string> = {}) =>
    send("PUT /plans/TEAM", { ...PLAN, ...body }, headers);

  test("a new plan answers 201, the same again 200, another content under the same version 409", async () => {
    const created = await put({ base_price_usd: 49.5 });
    expect(created).toMatchObject({
      status: 201,
      body: {
        plan_code: "TEAM",
        plan_family: "standard",
        version: "v1",
        base_price_usd: 49.5,
        base_seats: 10,
        entitlements: { metrics_caps: { egress_gb: 500 } },
        effective_from: "2026-01-01",
      },
    });
    expect((await put({ base_price_usd: 49.5 })).status).toBe(200);
    expect((await put({ base_price_usd: 50 })).status).toBe(409);
  });

  test("If-Match protects a plan that was published anew meanwhile", async () => {
    const etag = (await send("GET /plans/TEAM")).headers.get("etag") ?? "";
    expect((await put({ version: "v2", base_price_usd: 55 }, { "if-match": etag })).status).toBe(200);
    expect((await put({ version: "v3", base_price_usd: 60 }, { "if-match": etag })).status).toBe(412);
  });

  test("an amount in _usd with more than six decimals is refused, not rounded", async () => {
    expect(await put({ version: "v9", base_price_usd: 1.0000001 })).toMatchObject({
      status: 400,
      body: { error: { code: "INVALID_ARGUMENT", details: [{ field: "base_price_usd" }] } },
    });
    expect((await put({ version: "v8", base_price_usd: 1.000001 })).status).toBe(200);
  });

  test("only active plans are listed when asked for", async () => {
    await send("PUT /plans/LATER", { ...PLAN, effective_from: "2030-01-01" });
    const codes = async (query: string) => JSON.stringify((await send(`GET /plans?${query}`)).body["plans"]);
    expect(await codes("active_only=true")).not.toContain("LATER");
    expect(await codes("active_only=false")).toContain("LATER");
  });
});

describe("plan bindings", () => {
  const body = { plan_code: "PRO-M", effective_from: "2026-08-15", seats: 20 };
  const answer = {
    plan_code: "PRO-M",
    period_start: "2026-08-15",
    period_end: "2026-08-31",
    proration_factor: expect.closeTo(17 / 31, 6),
    seats: 20,
  };

  test("a binding answers period, factor and seats", async () => {
    expect(await send("POST /tenants/TEN-A/plan-bindings", body)).toMatchObject({
      status: 201,
      body: { binding_id: expect.any(String), ...answer },
    });
  });

  test("an upgrade goes through the verb", async () => {
    expect(await send("POST /tenants/TEN-A:upgrade-plan", body)).toMatchObject({ status: 200, body: answer });
  });
});

describe("usage", () => {
  const snapshot = { tenant_id: "TEN-A", metric_code: "egress_gb", metric_value: 1.5, usage_date: "2026-07-01" };

  test("one snapshot, a batch and a query", async () => {
    const accepted = { status: 202, body: { status: "accepted", ingest_id: expect.any(String) } };
    expect(await send("POST /usage/snapshots", snapshot)).toMatchObject(accepted);
    const second = { ...snapshot, usage_date: "2026-07-02", metric_value: "2.25" };
    expect(await send("POST /usage/snapshots", { snapshots: [second] })).toMatchObject(accepted);
    const found = await send(
      "GET /usage/snapshots?tenant_id=TEN-A&metric_code=egress_gb&from=2026-07-01&to=2026-07-02",
    );
    expect(found.body).toMatchObject({
      items: [snapshot, { ...second, metric_value: 2.25 }],
      next_page_token: null,
    });
  });

  test("a fault is named as the caller wrote it, in one snapshot and in a batch", async () => {
    const bad = { ...snapshot, metric_value: -1 };
    const fields = async (body: object) => (await send("POST /usage/snapshots", body)).body;
    expect(await fields(bad)).toMatchObject({ error: { details: [{ field: "metric_value" }] } });
    expect(await fields({ snapshots: [snapshot, bad] })).toMatchObject({
      error: { details: [{ field: "snapshots.1.metric_value" }] },
    });
    expect(await fields({})).toMatchObject({ error: { code: "INVALID_ARGUMENT" } });
  });

  test("seats and their use", async () => {
    expect((await send("PUT /tenants/TEN-A/seats", { seats: 30, effective_from: "2026-07-10" })).body).toEqual({
      seats: 30,
      effective_from: "2026-07-10",
    });
    expect((await send("GET /tenants/TEN-A/seats/usage?from=2026-07-10&to=2026-07-10")).body).toEqual({
      active_users: 0,
      seats: 30,
      utilization: 0,
    });
  });
});

test("the estimate of the specification", async () => {
  const answer = await send("POST /pricing/estimate", {
    currency: "USD",
    lines: [
      {
        id: "egress",
        quantity: "450",
        price: {
          model: "graduated",
          slabs: [
            { up_to: "100", unit_price: "0.10", flat_fee: "0" },
            { up_to: null, unit_price: "0.07" },
          ],
        },
        included_quantity: "0",
        minimum_amount: null,
        maximum_amount: null,
        cycle: { start: "2025-09-01", end: "2025-09-30" },
        service: { start: "2025-09-10", end: "2025-09-30" },
      },
    ],
    discounts: [{ percent: "10" }, { amount: "5.00" }],
    taxes: [{ name: "VAT", rate_percent: "20" }],
  });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      lines: [{ id: "egress", amount: "33.60" }],
      discount: "8.36",
      subtotal: "25.24",
      tax: "5.05",
      total: "30.29",
    },
  });
});
