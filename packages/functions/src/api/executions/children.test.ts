import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { TestApi } from "../../../testing/api.ts";
import { type MappedExecution, mappedExecution } from "../../../testing/mapped-executions.ts";
import { withTenants } from "../../../testing/tenants.ts";

let mapped: MappedExecution;
let api: TestApi;
let token: string;
let id: string;
beforeAll(async () => {
  mapped = await mappedExecution();
  ({ api, token, executionId: id } = mapped);
});
afterAll(() => mapped.close());

const get = (path: string) => api.send(`GET /workflows/executions/${path}`, { token });
const childShape = z.object({
  execution_id: z.string(),
  subject: z.string().nullable(),
  status: z.string(),
  error: z.string().nullable(),
  of_map: z.string().nullable(),
});
const childrenOf = async (query = "") =>
  z.array(childShape).parse((await get(`${id}/children${query}`)).body["children"]);

test("the items of a Map are listed with what they are about and what became of each, by pages and by status", async () => {
  const shown = (await childrenOf()).map(({ subject, status, error, of_map }) => ({ subject, status, error, of_map }));
  const of_map = "DraftEach";
  expect(shown).toEqual([
    { subject: "TEN-A", status: "succeeded", error: null, of_map },
    { subject: "TEN-B", status: "succeeded", error: "Invalid", of_map },
    { subject: "TEN-C", status: "failed", error: "Broken", of_map },
  ]);
  expect((await childrenOf("?status=failed")).map(({ subject }) => subject)).toEqual(["TEN-C"]);
  const first = await get(`${id}/children?page_size=2`);
  const rest = await childrenOf(`?page_size=2&page_token=${String(first.body["next_page_token"])}`);
  expect(rest.map(({ subject }) => subject)).toEqual(["TEN-C"]);
  expect((await get(`${id}/children?page_size=51`)).status).toBe(400);
});

test("an item opens as an execution: its part of the definition, its path and its events", async () => {
  const [, second] = await childrenOf();
  const item = await get(second?.execution_id ?? "");
  expect(item).toMatchObject({
    status: 200,
    body: {
      machine: "invoicing",
      status: "succeeded",
      input: { subject: "TEN-B" },
      output: { outcome: "failed", cause: "no address" },
      definition: { StartAt: "Which" },
      path: expect.arrayContaining([{ from: "Which", to: "Outcome", times: 1 }]),
    },
  });
  const history = await get(`${second?.execution_id}/history?state=Outcome`);
  expect(history.body["events"]).toMatchObject([{ type: "SucceedStateEntered" }, { type: "SucceedStateExited" }]);
  expect((await get(`${second?.execution_id}/children`)).body["children"]).toEqual([]);
});

test("an item is not stopped, redriven or started again by itself, and no tenant's people see it", async () => {
  const [item] = await childrenOf();
  const path = `/workflows/executions/${item?.execution_id}`;
  for (const verb of ["redrive", "retry", "abort"]) {
    const refused = await api.send(`POST ${path}:${verb}`, { token, body: { reason: "by mistake" } });
    expect(refused, verb).toMatchObject({ status: 409 });
  }
  await withTenants(api, "TEN-A");
  const tina = await api.token("tenant_admin", { tenant: "TEN-A", user: "tina" });
  expect((await api.send(`GET /workflows/executions/${id}/children`, { token: tina })).status).toBe(403);
  expect((await api.send(`GET ${path}`, { token: tina })).status).toBe(403);
});
