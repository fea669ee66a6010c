import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openWorkflows } from "@commops/core/adapters/embedded/workflows.ts";
import type { Database } from "@commops/core/ports";
import { testDatabase } from "@commops/core/testing/database.ts";
import { memoryFiles } from "@commops/core/testing/files.ts";
import { type TestApi, testApi } from "../../packages/functions/testing/api.ts";
import { allRoutes } from "../../packages/functions/src/api/routes/index.ts";
import { launchChromium } from "./chromium.ts";
import { visitAs } from "./visitor.ts";

const product = inject("product");

/** A Map over tenants, of which one fails. */
const machine = {
  QueryLanguage: "JSONata",
  StartAt: "DraftEach",
  States: {
    DraftEach: {
      Type: "Map",
      Label: "DraftEach",
      Items: ["TEN-ACME", "TEN-BOREAL", "TEN-HELIOS"].map((subject) => ({ subject })),
      ToleratedFailurePercentage: 100,
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "HasAddress",
        States: {
          HasAddress: {
            Type: "Choice",
            Choices: [{ Condition: "{% $states.input.subject = 'TEN-BOREAL' %}", Next: "Refused" }],
            Default: "Drafted",
          },
          Refused: { Type: "Fail", Error: "NoAddress", Cause: "the tenant has no address" },
          Drafted: { Type: "Succeed" },
        },
      },
      End: true,
    },
  },
};

let browser: Browser;
let database: Database;
let workflows: ReturnType<typeof openWorkflows>;
let api: TestApi;
let token: string;
let executionId: string;
beforeAll(async () => {
  browser = await launchChromium();
  database = await testDatabase();
  workflows = openWorkflows({ database, files: memoryFiles(), machines: { invoicing: machine } });
  workflows.run({}, () => {});
  api = await testApi({}, allRoutes, { workflows });
  token = await api.token("platform_engineer", { user: "peter" });
  const { executionArn } = await workflows.start({ machine: "invoicing", name: "daily-1", input: {} });
  while ((await workflows.describe(executionArn)).status === "RUNNING")
    await new Promise((resolve) => setTimeout(resolve, 20));
  executionId = Buffer.from(executionArn).toString("base64url");
});
afterAll(async () => {
  await api.close();
  await workflows.close();
  await database.close();
  await browser.close();
});

test("the items of a Map stand below the graph, by status, and one opens to its own graph without what acts on a whole execution", async () => {
  const { page, complaints } = await visitAs(browser, product, "peter");
  await page.route(/\/api\/v1\/workflows\/executions/, async (route) => {
    const url = new URL(route.request().url());
    const answer = await api.send(`GET ${url.pathname.slice(7)}${url.search}`, { token });
    await route.fulfill({ status: answer.status, json: answer.body });
  });
  await page.goto(`/workflows/${executionId}`);
  await page.getByRole("button", { name: "Start again" }).waitFor();
  const table = page.getByRole("table", { name: "Items of its Maps" });
  const rows = table.getByRole("row");
  await expect.poll(() => rows.count()).toBe(4);
  await page.getByLabel("Status", { exact: true }).selectOption("failed");
  await expect.poll(() => rows.count()).toBe(2);
  expect(await rows.nth(1).textContent()).toContain("NoAddress");
  await table.getByRole("link", { name: "TEN-BOREAL" }).click();
  await page.getByText("It ended with NoAddress").waitFor();
  await page.getByText("an item of the Map DraftEach").waitFor();
  expect(await page.locator('a[data-state="Refused"]').count()).toBe(1);
  expect(await page.getByRole("button", { name: /Redrive|Start again|Stop/ }).count()).toBe(0);
  expect(complaints).toEqual([]);
});
