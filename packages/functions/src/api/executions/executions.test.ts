import { MACHINES } from "@commops/core/workflows";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Answer, type TestApi, testApi } from "../../../testing/api.ts";
import { type ScriptedWorkflows, scriptedWorkflows } from "../../../testing/scripted-workflows.ts";
import { withTenants } from "../../../testing/tenants.ts";
import { allRoutes } from "../routes/index.ts";

const TOKEN = "AAAAKgAAAAIAAAAAAAAAAS0000000000000000000000000000";

let workflows: ScriptedWorkflows;
let api: TestApi;
let engineer: string;
beforeAll(async () => {
  const { "invoice-approval": approval, allocation } = MACHINES;
  workflows = scriptedWorkflows(
    { "invoice-approval": approval.definition, allocation: allocation.definition },
    "2026-07-01T08:00:00Z",
  );
  api = await testApi({}, allRoutes, { workflows });
  engineer = await api.token("platform_engineer", { user: "paul" });
});
afterAll(() => api.close());

const idOf = (answer: Answer): string => z.object({ execution_id: z.string() }).parse(answer.body).execution_id;

const namesOf = (answer: Answer): string[] =>
  z
    .object({ executions: z.array(z.object({ name: z.string() })) })
    .parse(answer.body)
    .executions.map((execution) => execution.name);

const start = async (machine: string, name: string, input: object = {}): Promise<string> =>
  idOf(await api.send("POST /workflows/executions", { token: engineer, body: { machine, name, input } }));

const arnOf = (machine: string, name: string): string =>
  `arn:aws:states:local:000000000000:execution:${machine}:${name}`;

test("executions of all machines are listed newest first, filtered by machine, status, name and day, page by page", async () => {
  for (const name of ["INV-1.1", "INV-1.2", "INV-2.1"]) await start("invoice-approval", name);
  await start("allocation", "2026-06");
  workflows.end(arnOf("invoice-approval", "INV-1.1"), "FAILED", { error: "Broken" });
  const list = (query: string) => api.send(`GET /workflows/executions${query}`, { token: engineer });
  expect(namesOf(await list(""))).toEqual(["2026-06", "INV-2.1", "INV-1.2", "INV-1.1"]);
  expect(namesOf(await list("?machine=allocation"))).toEqual(["2026-06"]);
  expect(namesOf(await list("?status=failed"))).toEqual(["INV-1.1"]);
  expect(namesOf(await list("?name=inv-1"))).toEqual(["INV-1.2", "INV-1.1"]);
  expect(namesOf(await list("?from=2026-07-02"))).toEqual([]);
  expect(namesOf(await list("?from=2026-07-01&to=2026-07-01"))).toHaveLength(4);
  const first = await list("?page_size=3");
  expect(namesOf(first)).toEqual(["2026-06", "INV-2.1", "INV-1.2"]);
  expect(namesOf(await list(`?page_size=3&page_token=${first.body["next_page_token"]}`))).toEqual(["INV-1.1"]);
  expect((await list("?machine=no-such")).status).toBe(400);
});

test("an execution shows its definition and how each state stands, its history the same events, and neither a token", async () => {
  const id = await start("invoice-approval", "INV-3.1", { invoice_id: "INV-3", digest: "sha256:3" });
  const arn = arnOf("invoice-approval", "INV-3.1");
  workflows.tell(arn, "TaskStateEntered", "RequestApproval", { input: { invoice_id: "INV-3" } });
  workflows.tell(arn, "TaskScheduled", "RequestApproval", {
    parameters: { Payload: { task_token: TOKEN, invoice_id: "INV-3" } },
  });
  workflows.tell(arn, "TaskSubmitted", "RequestApproval", { output: { note: `sent ${TOKEN}` } });
  const shown = await api.send(`GET /workflows/executions/${id}`, { token: engineer });
  expect(shown.body).toMatchObject({
    machine: "invoice-approval",
    name: "INV-3.1",
    status: "running",
    input: { invoice_id: "INV-3" },
    definition: { StartAt: "Begin" },
    states: expect.arrayContaining([
      expect.objectContaining({ name: "RequestApproval", standing: "waiting", attempts: 1 }),
    ]),
  });
  const history = await api.send(`GET /workflows/executions/${id}/history`, { token: engineer });
  expect(history.body["events"]).toHaveLength(4);
  expect(JSON.stringify([shown.body, history.body])).not.toContain(TOKEN);
  expect(JSON.stringify(history.body)).toContain("INV-3");
});

test("a history is filtered by state and type, and read from either end page by page", async () => {
  const id = await start("allocation", "long");
  const arn = arnOf("allocation", "long");
  for (let round = 0; round < 5; round += 1) {
    workflows.tell(arn, "TaskScheduled", "Claim");
    workflows.tell(arn, "TaskFailed", "Claim", { error: "Busy" });
  }
  const shape = z.object({
    events: z.array(z.object({ event_id: z.number() })),
    next_page_token: z.string().nullable(),
  });
  const read = async (query: string) =>
    shape.parse((await api.send(`GET /workflows/executions/${id}/history?${query}`, { token: engineer })).body);
  const ids = ({ events }: z.output<typeof shape>) => events.map((event) => event.event_id);
  expect(ids(await read("type=failed&page_size=200"))).toEqual([3, 5, 7, 9, 11]);
  const newest = await read("order=newest&page_size=4");
  expect(ids(newest)).toEqual([11, 10, 9, 8]);
  expect(ids(await read(`order=newest&page_size=4&page_token=${newest.next_page_token}`))).toEqual([7, 6, 5, 4]);
  const oldest = await read("page_size=4");
  expect(ids(await read(`page_size=4&page_token=${oldest.next_page_token}`))).toEqual([5, 6, 7, 8]);
  expect((await read("page_size=11")).next_page_token).toBeNull();
  expect(ids(await read("state=Nowhere"))).toEqual([]);
});

const auditOf = async (action: string) =>
  z
    .object({ events: z.array(z.looseObject({ action: z.string(), metadata: z.unknown() })) })
    .parse((await api.send("GET /audit?page_size=200", { token: await api.token("auditor") })).body)
    .events.filter((event) => event.action === action);

test("stop, redrive and start again do what they say, once for a key, and stand in the audit trail with the reason", async () => {
  const id = await start("allocation", "to-stop", { period: "2026-06" });
  const path = `/workflows/executions/${id}`;
  const send = (verb: string, body: object = {}, headers: Record<string, string> = {}) =>
    api.send(`POST ${path}:${verb}`, { token: engineer, body, headers });
  expect((await send("redrive")).status).toBe(409);
  expect((await send("retry")).status).toBe(409);
  expect((await send("abort")).status).toBe(400);
  expect((await send("abort", { reason: "wrong month" })).body).toMatchObject({ status: "aborted" });
  expect((await send("abort", { reason: "wrong month" })).status).toBe(409);
  expect((await api.send(`GET ${path}`, { token: engineer })).body["cause"]).toContain("wrong month");
  const key = { "idempotency-key": "again-1" };
  const again = await send("retry", { reason: "right month now" }, key);
  expect(again).toMatchObject({ status: 201, body: { machine: "allocation", status: "running" } });
  expect((await send("retry", { reason: "right month now" }, key)).body).toEqual(again.body);
  expect(again.body["name"]).toMatch(/^to-stop\.again-/);
  expect((await send("redrive", { reason: "fixed" })).body).toMatchObject({ status: "running", redrive_count: 1 });
  workflows.end(arnOf("allocation", "to-stop"), "SUCCEEDED", { output: {} });
  expect((await send("redrive")).status).toBe(409);
  expect(await auditOf("workflows.abort")).toMatchObject([{ metadata: { reason: "wrong month" } }]);
  expect(await auditOf("workflows.retry-execution")).toHaveLength(1);
  expect(await auditOf("workflows.redrive")).toMatchObject([{ metadata: { reason: "fixed", was: "ABORTED" } }]);
  expect((await auditOf("workflows.start")).length).toBeGreaterThan(0);
});

test("a tenant's own people reach no execution, and readers change none", async () => {
  await withTenants(api, "TEN-A");
  const id = await start("allocation", "private");
  const tina = await api.token("tenant_admin", { tenant: "TEN-A", user: "tina" });
  for (const route of [
    `GET /workflows/executions`,
    `GET /workflows/executions/${id}`,
    `GET /workflows/executions/${id}/history`,
  ])
    expect((await api.send(route, { token: tina })).status).toBe(403);
  const operator = await api.token("billing_operator", { user: "olga" });
  expect((await api.send(`GET /workflows/executions/${id}`, { token: operator })).status).toBe(200);
  const abort = await api.send(`POST /workflows/executions/${id}:abort`, { token: operator, body: { reason: "x" } });
  expect(abort.status).toBe(403);
});

test.each(["nonsense", "RUN-1", "YXJuOm5vd2hlcmU"])("what is no execution is not found: %s", async (id) => {
  expect((await api.send(`GET /workflows/executions/${id}`, { token: engineer })).status).toBe(404);
});
