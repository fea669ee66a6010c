import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type MappedExecution, mappedExecution } from "../../packages/functions/testing/mapped-executions.ts";
import { launchChromium } from "./chromium.ts";
import { visitAs } from "./visitor.ts";

const product = inject("product");

let browser: Browser;
let mapped: MappedExecution;
beforeAll(async () => {
  browser = await launchChromium();
  mapped = await mappedExecution();
});
afterAll(async () => {
  await mapped.close();
  await browser.close();
});

test("the items of a Map stand below the graph, by status, and one opens to its own graph without what acts on a whole execution", async () => {
  const { page, complaints } = await visitAs(browser, product, "peter");
  await page.route(/\/api\/v1\/workflows\/executions/, async (route) => {
    const url = new URL(route.request().url());
    const answer = await mapped.api.send(`GET ${url.pathname.slice(7)}${url.search}`, { token: mapped.token });
    await route.fulfill({ status: answer.status, json: answer.body });
  });
  await page.goto(`/workflows/${mapped.executionId}`);
  await page.getByRole("button", { name: "Start again" }).waitFor();
  const table = page.getByRole("table", { name: "Items of its Maps" });
  const rows = table.getByRole("row");
  await expect.poll(() => rows.count()).toBe(4);
  await page.getByLabel("Status", { exact: true }).selectOption("failed");
  await expect.poll(() => rows.count()).toBe(2);
  expect(await rows.nth(1).textContent()).toContain("Broken");
  await table.getByRole("link", { name: "TEN-C" }).click();
  await page.getByText("It ended with Broken").waitFor();
  await page.getByText("an item of the Map DraftEach").waitFor();
  expect(await page.locator('a[data-state="Broken"]').count()).toBe(1);
  expect(await page.getByRole("button", { name: /Redrive|Start again|Stop/ }).count()).toBe(0);
  expect(complaints).toEqual([]);
});
