import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, testApi } from "../../testing/api.ts";
import { withTenants } from "../../testing/tenants.ts";

const PASSWORD = "correct horse battery";
let api: TestApi;
let admin: string;
let tenantAdmin: string;
beforeAll(async () => {
  api = await testApi();
  await withTenants(api, "TEN-A", "TEN-B");
  admin = await api.token("admin", { user: "root" });
  tenantAdmin = await api.token("tenant_admin", { tenant: "TEN-A", user: "anna" });
});
afterAll(() => api.close());

const add = (token: string, body: Record<string, string>) =>
  api.send("POST /users", {
    token,
    body: { email: `${body["user_name"]?.replace(" ", "")}@example.com`, password: PASSWORD, ...body },
  });

describe("an administrator", () => {
  test("adds people with a role; the answer shows no password", async () => {
    const added = await add(admin, { user_name: "carl", role: "finance" });
    expect(added).toMatchObject({ status: 201, body: { user_name: "carl", role: "finance", tenant_id: null } });
    expect(JSON.stringify(added.body)).not.toMatch(/password_hash|scrypt|battery/);
  });

  test("whoever works at the operator reads who did what by name; a tenant's people are not among them", async () => {
    const names = async (token: string) => api.send("GET /people", { token });
    expect((await add(admin, { user_name: "tess", role: "tenant_user", tenant_id: "TEN-A" })).status).toBe(201);
    const read = await names(await api.token("auditor", { user: "aud" }));
    expect(read.status).toBe(200);
    expect(JSON.stringify(read.body)).toContain('"display_name":"carl"');
    expect(JSON.stringify(read.body)).not.toMatch(/tess|email|password/);
    expect((await names(tenantAdmin)).status).toBe(403);
  });

  test("a name is taken once", async () => {
    expect((await add(admin, { user_name: "carl", role: "auditor" })).status).toBe(409);
  });

  test.each([
    [{ user_name: "x1", role: "tenant_user" }, "role"],
    [{ user_name: "x2", role: "auditor", tenant_id: "TEN-A" }, "role"],
    [{ user_name: "x3", role: "tenant_user", tenant_id: "TEN-NONE" }, "tenant_id"],
    [{ user_name: "x4", role: "king" }, "role"],
    [{ user_name: "x5", role: "auditor", password: "short" }, "password"],
    [{ user_name: "x 6", role: "auditor" }, "user_name"],
  ])("%j is refused for its %s", async (body, field) => {
    expect(await add(admin, body)).toMatchObject({ status: 400, body: { error: { details: [{ field }] } } });
  });

  test("a machine's secret is shown once, and no machine is an approver", async () => {
    const made = await api.send("POST /clients", { token: admin, body: { client_name: "robot", role: "finance" } });
    expect(made).toMatchObject({ status: 201, body: { client_secret: expect.stringMatching(/^cop_/) } });
    const listed = await api.send("GET /clients", { token: admin });
    expect(JSON.stringify(listed.body)).toContain(made.body["client_id"]);
    expect(JSON.stringify(listed.body)).not.toContain(made.body["client_secret"]);
    const approver = await api.send("POST /clients", { token: admin, body: { client_name: "r", role: "approver" } });
    expect(approver.status).toBe(400);
  });

  test("an approver's token needs a person", async () => {
    expect((await api.send("POST /tokens", { token: admin, body: { role: "approver" } })).status).toBe(400);
    const made = await api.send("POST /tokens", { token: admin, body: { role: "approver", user_name: "ada" } });
    expect(made).toMatchObject({ status: 201, body: { role: "approver" } });
    const who = await api.send("GET /session", { token: made.body["token"] });
    expect(who.body).toMatchObject({ user_name: "ada", is_person: true });
  });

  test("a token in the name of somebody else's person is refused", async () => {
    const body = { role: "tenant_user", tenant_id: "TEN-B", user_name: "anna" };
    expect((await api.send("POST /tokens", { token: admin, body })).status).toBe(400);
  });
});

describe("a tenant's administrator", () => {
  test("adds people of the own tenant without naming it", async () => {
    expect(await add(tenantAdmin, { user_name: "a-user", role: "tenant_user" })).toMatchObject({
      status: 201,
      body: { tenant_id: "TEN-A", role: "tenant_user" },
    });
  });

  test("adds nobody to another tenant, and nobody to the operator", async () => {
    expect((await add(tenantAdmin, { user_name: "b", role: "tenant_user", tenant_id: "TEN-B" })).status).toBe(404);
    expect((await add(tenantAdmin, { user_name: "o", role: "auditor" })).status).toBe(400);
  });

  test("sees and changes the own people only", async () => {
    const other = await add(admin, { user_name: "b-user", role: "tenant_user", tenant_id: "TEN-B" });
    const listed = JSON.stringify((await api.send("GET /users", { token: tenantAdmin })).body);
    expect(listed).toContain("a-user");
    expect(listed).not.toContain("b-user");
    expect(listed).not.toContain("carl");
    const change = (id: string | undefined, body: object) =>
      api.send(`PATCH /users/${id}`, { token: tenantAdmin, body });
    expect((await change(other.body["user_id"], { is_active: false })).status).toBe(404);
    const own = await add(tenantAdmin, { user_name: "a-two", role: "tenant_user" });
    expect((await change(own.body["user_id"], { role: "tenant_admin" })).body).toMatchObject({ role: "tenant_admin" });
    expect((await change(own.body["user_id"], { role: "admin" })).status).toBe(400);
  });
});

test("what was done to people stands in the audit trail, by whom", async () => {
  const auditor = await api.token("auditor");
  const { body } = await api.send("GET /audit?object_type=user&page_size=200", { token: auditor });
  const events = JSON.parse(JSON.stringify(body["events"])) as { action: string; actor_id: string }[];
  expect(events.map((event) => event.action)).toContain("user.change");
  expect(events.every((event) => event.actor_id !== "")).toBe(true);
});
