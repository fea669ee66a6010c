import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, testApi } from "../../testing/api.ts";
import { withTenants } from "../../testing/tenants.ts";
import { type AllRoutes, allRoutes } from "./routes/index.ts";

/** The roles of the specification, written out: this test must not ask the code what is right. */
const OPERATOR_READS = "tenant:read plan:read usage:read cost:read billing:read recon:read rules:read reports:read";
const ROLES = {
  billing_operator: `${OPERATOR_READS} tenant:write plan:write usage:write billing:write reports:write`,
  approver: `${OPERATOR_READS} billing:approve rules:approve`,
  finance: `${OPERATOR_READS} payments:write recon:write reports:write billing:write`,
  platform_engineer: `${OPERATOR_READS} usage:write cost:write rules:write alerts:write workflows:write`,
  auditor: `${OPERATOR_READS} audit:read`,
  admin: `${OPERATOR_READS} tenant:write plan:write usage:write cost:write billing:write billing:approve payments:write
    self:write alerts:write workflows:write recon:write rules:write rules:approve reports:write audit:read admin`,
  tenant_user: "tenant:read plan:read usage:read billing:read",
  tenant_admin: "tenant:read plan:read usage:read billing:read self:write",
} as const;
type RoleName = keyof typeof ROLES;

interface Expected {
  /** Any of these opens the route. */
  readonly scopes: string;
  /** A tenant's own people are refused, whatever their scopes. */
  readonly operatorsOnly?: true;
  /** Takes a tenant to look at: another tenant than one's own is not there. */
  readonly byTenant?: true;
}

/** What the specification asks of every route. A new route does not compile before it stands here. */
const EXPECTED: Readonly<Record<keyof AllRoutes, Expected>> = {
  "GET /tenants": { scopes: "tenant:read" },
  "POST /tenants": { scopes: "tenant:write" },
  "POST /tenants:import": { scopes: "tenant:write" },
  "GET /tenants/{tenant_id}": { scopes: "tenant:read", byTenant: true },
  "PATCH /tenants/{tenant_id}": { scopes: "tenant:write", byTenant: true },
  "POST /tenants/{tenant_id}/plan-bindings": { scopes: "tenant:write", byTenant: true },
  "POST /tenants/{tenant_id}:upgrade-plan": { scopes: "tenant:write", byTenant: true },
  "PUT /tenants/{tenant_id}/seats": { scopes: "tenant:write", byTenant: true },
  "GET /tenants/{tenant_id}/seats/usage": { scopes: "usage:read", byTenant: true },
  "GET /tenants/{tenant_id}/usage": { scopes: "usage:read", byTenant: true },
  "PUT /legal-entities/{entity_id}": { scopes: "admin" },
  "GET /plans": { scopes: "plan:read" },
  "GET /plans/{plan_code}": { scopes: "plan:read" },
  "PUT /plans/{plan_code}": { scopes: "plan:write" },
  "POST /usage/snapshots": { scopes: "usage:write" },
  "GET /usage/snapshots": { scopes: "usage:read", byTenant: true },
  "GET /periods": { scopes: "billing:read", operatorsOnly: true },
  "POST /pricing/estimate": { scopes: "plan:read" },
  "GET /cost/allocations": { scopes: "cost:read" },
  "GET /cost/allocations/{allocation_id}": { scopes: "cost:read" },
  "GET /cost/allocations/summary": { scopes: "cost:read" },
  "GET /cost/allocations/flow": { scopes: "cost:read" },
  "PUT /allocation/policy": { scopes: "rules:write" },
  "GET /allocation/rules": { scopes: "rules:read" },
  "GET /allocation/rules/{rule_id}/versions": { scopes: "rules:read" },
  "POST /allocation/rules": { scopes: "rules:write" },
  "POST /allocation/rules/{rule_id}:retire": { scopes: "rules:write" },
  "POST /allocation/rules:plan": { scopes: "rules:read" },
  "POST /allocation/rules:apply": { scopes: "rules:write" },
  "POST /allocation/rules:preview": { scopes: "rules:read" },
  "POST /cost/allocations:run": { scopes: "cost:write" },
  "POST /cost/allocations:verify": { scopes: "cost:read" },
  "GET /cost/summary": { scopes: "cost:read" },
  "GET /cost/lines": { scopes: "cost:read" },
  "GET /cost/partitions": { scopes: "cost:read" },
  "GET /cost/projection": { scopes: "cost:read" },
  "GET /cost/quality": { scopes: "cost:read" },
  "GET /cost/sources": { scopes: "cost:read" },
  "POST /cost/sources:discover": { scopes: "cost:write" },
  "GET /cost/coverage": { scopes: "cost:read" },
  "GET /cost/findings": { scopes: "cost:read" },
  "GET /cost/findings/{finding_id}/evidence": { scopes: "cost:read" },
  "POST /cost/findings/{finding_id}:accept": { scopes: "cost:write" },
  "GET /cost/policy": { scopes: "cost:read" },
  "PUT /cost/policy": { scopes: "cost:write" },
  "POST /cost/deliveries": { scopes: "cost:write" },
  "GET /reconciliation/summary": { scopes: "recon:read" },
  "GET /reconciliation/exceptions": { scopes: "recon:read" },
  "POST /reconciliation/exceptions/{exception_id}:resolve": { scopes: "recon:write" },
  "GET /reconciliation/restatements": { scopes: "cost:read recon:read" },
  "POST /reconciliation/restatements:run": { scopes: "cost:write" },
  "POST /reconciliation:run": { scopes: "recon:write" },
  "POST /invoices:generate": { scopes: "billing:write" },
  "POST /invoices:generate-period": { scopes: "billing:write" },
  "POST /invoices:approve": { scopes: "billing:approve" },
  "GET /invoices": { scopes: "billing:read", byTenant: true },
  "GET /invoices/{invoice_id}": { scopes: "billing:read" },
  "GET /invoices/{invoice_id}/lines": { scopes: "billing:read" },
  "GET /invoices/{invoice_id}/export": { scopes: "billing:read" },
  "GET /invoices/{invoice_id}/explain": { scopes: "billing:read" },
  "GET /invoices/{invoice_id}/mails": { scopes: "billing:read", operatorsOnly: true },
  "GET /invoices/{invoice_id}/payments": { scopes: "billing:read" },
  "POST /invoices/{invoice_id}:submit": { scopes: "billing:write" },
  "POST /invoices/{invoice_id}:approve": { scopes: "billing:approve" },
  "POST /invoices/{invoice_id}:issue": { scopes: "billing:approve billing:write" },
  "POST /invoices/{invoice_id}:send-back": { scopes: "billing:approve billing:write" },
  "POST /invoices/{invoice_id}:void": { scopes: "billing:write" },
  "GET /approvals": { scopes: "billing:read", operatorsOnly: true },
  "GET /approvals/{approval_id}": { scopes: "billing:read", operatorsOnly: true },
  "GET /approval-policy": { scopes: "billing:read", operatorsOnly: true },
  "PUT /approval-policy": { scopes: "billing:approve" },
  "GET /alerts": { scopes: "billing:read", operatorsOnly: true },
  "POST /rules:propose": { scopes: "rules:write" },
  "GET /rules/promotions/{promotion_id}": { scopes: "rules:read" },
  "GET /people": { scopes: "billing:read cost:read audit:read", operatorsOnly: true },
  "POST /approvals/{approval_id}:approve": { scopes: "billing:approve rules:approve" },
  "POST /approvals/{approval_id}:reject": { scopes: "billing:approve rules:approve" },
  "GET /payments": { scopes: "billing:read", byTenant: true },
  "GET /payments/{payment_id}": { scopes: "billing:read" },
  "POST /payments": { scopes: "payments:write self:write" },
  "POST /payments/{payment_id}:approve": { scopes: "billing:approve" },
  "POST /payments/{payment_id}:reject": { scopes: "billing:approve payments:write" },
  "POST /payments/{payment_id}:resubmit": { scopes: "payments:write" },
  "GET /ledger/trial-balance": { scopes: "billing:read recon:read", operatorsOnly: true },
  "GET /workflows": { scopes: "billing:read cost:read usage:read workflows:write" },
  "GET /workflows/{run_id}": { scopes: "billing:read cost:read usage:read workflows:write" },
  "POST /workflows/{run_id}:retry": { scopes: "workflows:write" },
  "GET /workflows/machines": { scopes: "billing:read cost:read usage:read workflows:write", operatorsOnly: true },
  "GET /workflows/executions": { scopes: "billing:read cost:read usage:read workflows:write", operatorsOnly: true },
  "POST /workflows/executions": { scopes: "workflows:write", operatorsOnly: true },
  "GET /workflows/executions/{execution_id}": {
    scopes: "billing:read cost:read usage:read workflows:write",
    operatorsOnly: true,
  },
  "GET /workflows/executions/{execution_id}/history": {
    scopes: "billing:read cost:read usage:read workflows:write",
    operatorsOnly: true,
  },
  "GET /workflows/executions/{execution_id}/children": {
    scopes: "billing:read cost:read usage:read workflows:write",
    operatorsOnly: true,
  },
  "POST /workflows/executions/{execution_id}:retry": { scopes: "workflows:write", operatorsOnly: true },
  "POST /workflows/executions/{execution_id}:redrive": { scopes: "workflows:write", operatorsOnly: true },
  "POST /workflows/executions/{execution_id}:abort": { scopes: "workflows:write", operatorsOnly: true },
  "GET /overview": { scopes: "billing:read", operatorsOnly: true },
  "GET /kpis": { scopes: "billing:read", operatorsOnly: true },
  "GET /reconciliation/daily": { scopes: "recon:read" },
  "GET /audit": { scopes: "audit:read" },
  "GET /lineage/{dataset}": { scopes: "cost:read audit:read" },
  "POST /audit:verify": { scopes: "audit:read" },
  "GET /users": { scopes: "admin self:write" },
  "POST /users": { scopes: "admin self:write" },
  "PATCH /users/{user_id}": { scopes: "admin self:write" },
  "POST /tokens": { scopes: "admin" },
  "GET /exports/{table}": { scopes: OPERATOR_READS, operatorsOnly: true },
  "GET /clients": { scopes: "admin" },
  "POST /clients": { scopes: "admin" },
  "PATCH /clients/{client_id}": { scopes: "admin" },
};

const IDS: Readonly<Record<string, string>> = {
  tenant_id: "TEN-A",
  plan_code: "PRO-M",
  invoice_id: "INV-202606-A",
  payment_id: "PAY-1",
  approval_id: "APR-1",
  allocation_id: "1",
  run_id: "RUN-1",
  execution_id: "YXJuOngx",
  user_id: "USR-1",
  client_id: "CLI-1",
  entity_id: "ENT-1",
  exception_id: "EXC-1",
  rule_id: "nat-gb",
  dataset: "allocation.2025-09",
  table: "tenant_master",
};

const requestOf = (key: string): { route: string; body?: object } => {
  const route = key.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => IDS[name] ?? "missing");
  return /^(GET|DELETE) /.test(key) ? { route } : { route, body: {} };
};

const isTenantRole = (role: RoleName): boolean => role.startsWith("tenant_");

const isOpen = (expected: Expected, role: RoleName): boolean => {
  const held = new Set(ROLES[role].split(/\s+/));
  if (expected.operatorsOnly && isTenantRole(role)) return false;
  return expected.scopes.split(" ").some((scope) => held.has(scope));
};

let api: TestApi;
const tokens = new Map<RoleName, string>();
const roles = Object.keys(ROLES).filter((role): role is RoleName => Object.hasOwn(ROLES, role));
const cases = Object.entries(EXPECTED);

beforeAll(async () => {
  api = await testApi();
  await withTenants(api, "TEN-A", "TEN-B");
  for (const role of roles)
    tokens.set(role, await api.token(role, { user: role, ...(isTenantRole(role) ? { tenant: "TEN-A" } : {}) }));
});
afterAll(() => api.close());

test("every route has an expectation, and every expectation a route", () => {
  expect(Object.keys(allRoutes).toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
});

describe.each(roles)("%s", (role) => {
  test.each(cases)("%s", async (key, expected) => {
    const { status, body } = await api.send(requestOf(key).route, { ...requestOf(key), token: tokens.get(role) });
    if (isOpen(expected, role)) {
      expect({ status, body }).not.toMatchObject({
        body: { error: { code: expect.stringMatching(/PERMISSION|UNAUTH/) } },
      });
      expect(status).toBeLessThan(500);
    } else expect({ status, body }).toMatchObject({ status: 403, body: { error: { code: "PERMISSION_DENIED" } } });
  });
});

describe("without a token", () => {
  test.each(cases)("%s answers 401", async (key) => {
    const answer = await api.send(requestOf(key).route, requestOf(key));
    expect(answer).toMatchObject({ status: 401, body: { error: { code: "UNAUTHENTICATED" } } });
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });
});

describe("another tenant's token", () => {
  const byTenant = cases.filter(([, expected]) => expected.byTenant);
  test.each(byTenant)("%s does not find the tenant", async (key, expected) => {
    const token = await api.token("tenant_admin", { tenant: "TEN-B", user: "eve" });
    const { route, body } = requestOf(key);
    const asked = key.includes("{tenant_id}") ? route : `${route}?tenant_id=TEN-A`;
    const answer = await api.send(asked, { ...(body ? { body } : {}), token });
    expect(answer.status).toBe(isOpen(expected, "tenant_admin") ? 404 : 403);
  });
});

describe("a token without a person", () => {
  const approving = cases.filter(([, { scopes }]) => scopes.split(" ").every((scope) => scope.endsWith(":approve")));
  test.each(approving)("%s is refused, whatever the role", async (key) => {
    const token = await api.token("admin");
    const answer = await api.send(requestOf(key).route, { ...requestOf(key), token });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: "PERMISSION_DENIED" } } });
    expect(JSON.stringify(answer.body)).toContain("without a person");
  });
});
