import { readFileSync } from "node:fs";
import { cur2Csv } from "@commops/core/testing/cur.ts";
import { curWorld, inPeriod } from "@commops/core/testing/cur-world.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, type TestApi, testApi } from "../../testing/api.ts";

const guide = readFileSync("docs/deploy.md", "utf8");

/** The `api` commands of the guide after its session is there, in order. */
const commands = guide
  .slice(guide.indexOf("## 6."))
  .split("\n")
  .flatMap((line) => {
    const [, route, path, body] = /^api ([A-Z]+) "?([^ "]+)"?(?: '(.*)')?$/.exec(line.trim()) ?? [];
    return route === undefined || path === undefined ? [] : [{ route: `${route} ${path}`, body }];
  });

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
  // The month of the guide is over.
  api.world.clock.set("2026-11-10T08:00:00Z");
});
afterAll(() => api.close());

/** On AWS the state machine takes what was delivered; here a delivery is imported instead. */
const importCost = async (): Promise<void> => {
  const lines = ["1", "2"].map((id) =>
    inPeriod("2026-10", { identity_line_item_id: id, line_item_unblended_cost: "40.00" }),
  );
  await (await curWorld(api.world)).importText(cur2Csv(lines), "october.csv");
};

test("the commands of the deployment guide lead from nothing to an issued invoice, in their order", async () => {
  const preparer = await api.token("admin", { user: "ann" });
  const approver = await api.token("approver", { user: "ben" });
  let invoice: Answer["body"] = {};
  expect(commands.length).toBeGreaterThan(12);
  for (const { route, body } of commands) {
    if (route === "POST /workflows/executions") {
      await importCost();
      continue;
    }
    const answer = await api.send(route, {
      token: route.endsWith(":approve") ? approver : preparer,
      ...(body === undefined ? {} : { body: body.replace("DIGEST_OF_THE_DRAFT", invoice["digest"] ?? "none") }),
    });
    await api.settled();
    expect({ route, answer: answer.body, ok: answer.status < 300 }).toMatchObject({ ok: true });
    if (route === "GET /invoices/INV-202610-ACME") invoice = answer.body;
  }
  // 500 for the plan and 20 for each of two more seats.
  const last = await api.send("GET /invoices/INV-202610-ACME", { token: preparer });
  expect(last.body).toMatchObject({ status: "issued", total_usd: 540, number: expect.stringMatching(/^EX/) });
});
