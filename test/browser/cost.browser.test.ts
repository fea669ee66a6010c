import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { settle, visitAs } from "./visitor.ts";

const product = inject("product");
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
});

const at = async (path: string): Promise<Page> => {
  const { page } = await visitAs(browser, product, "peter");
  await page.goto(path);
  await settle(page);
  return page;
};

/** The amount in "AmazonEC2 to nat-gb: 4,032.40 USD". */
const amountOf = (text: string): number => Number(/: (-?[\d,.]+) [A-Z]{3}$/.exec(text)?.[1]?.replaceAll(",", ""));

test("a ribbon of the flow leads to its rows, which add up to it; the table has the same amounts", async () => {
  const page = await at("/cost?view=allocation");
  const flow = page.getByRole("region", { name: "Cost as it flows" }).first();
  const ribbon = flow.getByRole("link", { name: /^AmazonEC2 to nat-gb: / });
  const amount = amountOf((await ribbon.locator("title").textContent()) ?? "");
  expect(amount).toBeGreaterThan(0);
  await ribbon.focus();
  await page.keyboard.press("Enter");
  const rows = page.getByRole("table", { name: "Rows of the allocation: AmazonEC2, by nat-gb" });
  await rows.waitFor();
  const costs = await rows.getByRole("row").locator("td:last-child .figures").allTextContents();
  const sum = costs.reduce((total, text) => total + Number(text.replaceAll(/[^\d.-]/g, "")), 0);
  // Rows are rounded to the cent where they are shown.
  expect(Math.abs(sum - amount)).toBeLessThanOrEqual(costs.length * 0.005 + 0.005);
  await page.reload();
  await rows.waitFor();
  await page.getByText("The same as a table").click();
  await page.getByRole("table", { name: "Cost as it flows" }).getByRole("row").nth(1).waitFor();
  await page.getByText("Residual 0").waitFor();
});
