import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cur2Csv } from "@commops/core/testing/cur.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { settle, violationsOf, visitAs } from "./visitor.ts";

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

test("a change of rules is planned field by field and applied from a day on, and never to a month that is billed", async () => {
  const page = await at("/cost?view=rules");
  await page.getByRole("button", { name: /^Changed ?: nat-gb$/ }).click();
  const text = page.getByLabel("Rules as JSON, a list");
  const rules = JSON.parse(await text.inputValue()) as { title: string }[];
  const changed = rules.map((rule) => ({ ...rule, title: "NAT by gigabytes" }));
  const file = join(folder, "rules.json");
  writeFileSync(file, JSON.stringify(changed));
  await page.getByLabel(/^From files/).setInputFiles(file);
  await expect.poll(() => text.inputValue()).toContain("NAT by gigabytes");
  const plan = page.getByRole("table", { name: "Planned changes of rules" });
  const apply = page.getByRole("button", { name: /^Apply from / });
  const from = page.getByLabel("In force for months from");
  const next = await from.inputValue();
  await from.fill("2020-01-01");
  await page.getByRole("button", { name: "Show what they would do" }).click();
  await page.getByText(/ billed or closed and would change/).waitFor();
  expect(await apply.isDisabled()).toBe(true);
  await from.fill(next);
  await page.getByRole("button", { name: "Show what they would do" }).click();
  await page.getByText(/ billed or closed and would change/).waitFor({ state: "detached" });
  await plan.getByText('"NAT by gigabytes"').waitFor();
  expect(await plan.textContent()).toMatch(/nat-gb.*version 1 to version 2.*new version.*title/);
  await page.getByRole("table", { name: "Effect per tenant" }).waitFor();
  await apply.click();
  await page.getByText(`The rules are in force for months from ${next} on.`).waitFor();
  expect(await text.inputValue()).toBe("[]");
  const answer = await page.request.get("/api/v1/allocation/rules/nat-gb/versions");
  const { versions } = (await answer.json()) as { versions: { version: number; effective_from: string }[] };
  expect(versions.map((one) => one.version)).toEqual(expect.arrayContaining([1, 2]));
});

test("cost delivered after billing is held against the invoices by itself: the difference per tenant and the lines that are proposed", async () => {
  const page = await at("/cost");
  const now = new Date();
  const billed = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 3, 1)).toISOString().slice(0, 7);
  await page.goto(`/cost?view=restatements&period=${billed}`);
  await page.getByText("Nothing was delivered after billing").waitFor();
  const storage = {
    bill_payer_account_id: "999999999999",
    bill_billing_period_start_date: `${billed}-01T00:00:00.000Z`,
    line_item_usage_start_date: `${billed}-03T00:00:00.000Z`,
    line_item_product_code: "AmazonS3",
    line_item_usage_type: "TimedStorage-ByteHrs",
    line_item_unblended_cost: "2400",
    resource_tags: '{"user_tenant_id":"TEN-HELIOS"}',
  };
  await upload(page, "late.csv", cur2Csv([storage]));
  const table = page.getByRole("table", { name: "Restated invoices" });
  await expect
    .poll(
      async () => {
        await page.reload();
        await settle(page);
        return table.isVisible();
      },
      { timeout: 90_000, interval: 2000 },
    )
    .toBe(true);
  await table.getByText("goes on the next invoice").first().waitFor();
  const lines = page.getByRole("table", { name: "Restated lines" });
  await lines.getByText(/^\+/).first().waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole("link", { name: "Reconciliation of the month" }).click();
  await page
    .getByRole("table", { name: "Checks" })
    .getByText(/invoices wait for a correction/)
    .waitFor();
});
