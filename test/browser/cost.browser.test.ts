import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cur2Csv } from "@commops/core/testing/cur.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { settle, visitAs } from "./visitor.ts";

const product = inject("product");
const folder = mkdtempSync(join(tmpdir(), "commops-cost-"));
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
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

/** Uploads a cost file as whoever is signed in, and waits until it was worked. */
const upload = async (page: Page, name: string, content: string): Promise<void> => {
  writeFileSync(join(folder, name), content);
  const { csrf_token: csrf } = (await (await page.request.get("/api/v1/session")).json()) as { csrf_token: string };
  const started = await page.request.post("/api/v1/cost/deliveries", {
    headers: { "x-csrf-token": csrf },
    data: { path: join(folder, name) },
  });
  const { run_id: run } = (await started.json()) as { run_id: string };
  await expect
    .poll(
      async () => ((await (await page.request.get(`/api/v1/workflows/${run}`)).json()) as { status: string }).status,
      {
        timeout: 60_000,
      },
    )
    .not.toBe("running");
};

test("a finding says what to do and on which lines it rests, and is accepted with a reason that stays with it", async () => {
  const page = await at("/cost");
  await upload(page, "june.csv", cur2Csv([{}, { line_item_unblended_cost: "twelve" }]));
  await page.goto("/cost?view=deliveries&period=2026-06");
  const finding = page.getByRole("listitem").filter({ hasText: "unparsable amount" });
  await finding.getByText(/^What to do: /).waitFor();
  await finding.getByText("The lines that it rests on").click();
  await finding.getByText("twelve").last().waitFor();
  await finding.getByRole("button", { name: "Accept" }).click();
  await page.getByLabel("Reason").fill("Known: the line is corrected in the next delivery.");
  await page.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
  await page.getByText(/^Accepted\. The delivery is /).waitFor();
  await page.getByLabel("Findings").selectOption("accepted");
  await page.getByText(/Accepted by .*: Known: the line is corrected/).waitFor();
});

test("a bar of a day leads to the lines of that day, and a service's coverage to its lines without a tenant", async () => {
  const page = await at("/cost?by=day");
  const bars = page.getByRole("region", { name: "Cost by day, as bars" });
  await bars.getByRole("link").first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("table", { name: "CUR lines" }).waitFor();
  expect(new URL(page.url()).searchParams.get("day")).toMatch(/^\d{4}-\d{2}-01$/);
  await page.getByRole("tab", { name: "Deliveries and quality" }).click();
  await page.getByRole("table", { name: "Tag coverage by service" }).getByRole("link").first().click();
  const lines = page.getByRole("table", { name: "CUR lines" });
  await lines.waitFor();
  await page.getByText("tenant: untagged").waitFor();
});

test("without a rule its cost changes hands: per tenant before, after and the difference, which add up to nothing", async () => {
  const page = await at("/cost?view=rules");
  await page.getByRole("button", { name: /^Without it ?: nat-gb$/ }).click();
  await page.getByRole("button", { name: "Show what they would do" }).click();
  const effect = page.getByRole("table", { name: "Effect per tenant" });
  await effect.waitFor();
  const differences = await effect.locator("tbody tr td:nth-child(4) .figures").allTextContents();
  const cents = differences.map((text) =>
    Math.round(Number(text.replace("\u2212", "-").replaceAll(/[^\d.-]/g, "")) * 100),
  );
  expect(cents.some((amount) => amount < 0)).toBe(true);
  // Each is rounded to the cent where it is shown.
  expect(Math.abs(cents.reduce((sum, amount) => sum + amount, 0))).toBeLessThanOrEqual(cents.length);
  await page.getByRole("button", { name: /^Changed ?: nat-gb$/ }).click();
  expect(await page.getByLabel("Rules as JSON, a list").inputValue()).toContain('"rule_id": "nat-gb"');
  await page.getByLabel("Rules as JSON, a list").fill("{}");
  await page.getByRole("button", { name: "Show what they would do" }).click();
  await page.getByRole("alert").getByText("no JSON list").waitFor();
});
