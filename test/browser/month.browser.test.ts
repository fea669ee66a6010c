import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { settle, type Visitor, visitAs } from "./visitor.ts";

const product = inject("product");
const visitors: Visitor[] = [];
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
});

const as = async (userName: string): Promise<Page> => {
  const visitor = await visitAs(browser, product, userName);
  visitors.push(visitor);
  return visitor.page;
};

/** Opens the newest invoice of a tenant from the list. */
const openInvoice = async (page: Page, tenant: string): Promise<void> => {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Invoices" }).click();
  await page.getByRole("row").filter({ hasText: tenant }).getByRole("link").first().click();
  await page.getByRole("article", { name: "The invoice as the tenant sees it" }).waitFor();
};

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().textContent()) ?? "";

test("the overview leads from the line of the month to the drafts that wait", async () => {
  const page = await as("olivia");
  const stations = page.getByRole("list", { name: "How the period stands, from cost to books" }).getByRole("listitem");
  await stations.first().waitFor();
  expect(await stations.count()).toBe(9);
  await page.getByRole("link", { name: "Open drafts" }).click();
  await page.getByRole("table", { name: "Invoices" }).waitFor();
  expect(new URL(page.url()).searchParams.get("status")).toBe("draft");
  expect(await page.getByRole("row").filter({ hasText: "draft" }).count()).toBeGreaterThan(0);
});

test("a draft shows what changed, and is submitted by who prepared it, who has no button to approve it", async () => {
  const page = await as("olivia");
  await openInvoice(page, "Acme Retail Analytics");
  await page.getByRole("tab", { name: "Changes" }).click();
  await page.getByText("add up to the change, to the cent").waitFor();
  await page.getByRole("button", { name: "Submit for approval" }).click();
  await page.locator("h1", { hasText: "pending approval" }).waitFor();
  expect(await page.getByRole("button", { name: "Approve and issue" }).count()).toBe(0);
});

test("nobody approves what they prepared: the refusal names the rule and has a trace id", async () => {
  const page = await as("adam");
  await openInvoice(page, "Boreal Energi AB");
  await page.getByRole("button", { name: "Submit for approval" }).click();
  await page.locator("h1", { hasText: "pending approval" }).waitFor();
  await page.getByRole("button", { name: "Approve and issue" }).click();
  const refusal = page.getByRole("alert");
  await refusal.waitFor();
  expect(await refusal.textContent()).toMatch(/four-eyes rule/i);
  expect(await refusal.textContent()).toContain("Trace id");
});

test("a second person steps through the inbox by keyboard and approves; what is issued has a number and a PDF", async () => {
  const page = await as("arjun");
  await page.getByRole("link", { name: "Decide" }).click();
  const requests = page.getByRole("list", { name: "Requests" });
  await requests.waitFor();
  const current = requests.locator("button[aria-current=true]");
  const first = await current.textContent();
  await page.keyboard.press("j");
  await expect.poll(() => current.textContent()).not.toBe(first);
  await page.keyboard.press("k");
  await expect.poll(() => current.textContent()).toBe(first);
  for (let step = 0; !((await current.textContent()) ?? "").includes("Acme"); step += 1) {
    expect(step).toBeLessThan(await requests.getByRole("listitem").count());
    const before = await current.textContent();
    await page.keyboard.press("j");
    await expect.poll(() => current.textContent()).not.toBe(before);
  }
  await page.keyboard.press("a");
  await page.getByText("is approved and took effect").waitFor();

  await openInvoice(page, "Acme Retail Analytics");
  await page.locator("h1", { hasText: "issued" }).waitFor();
  expect(await textOf(page, "h1")).toMatch(/^[A-Z]+-\d{4}-\d{6}/);
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "PDF" }).click();
  const file = await (await coming).path();
  expect((await readFile(file)).subarray(0, 5).toString()).toBe("%PDF-");
});

test("the total opens step by step down to CUR lines, and is computed again to the same", async () => {
  const page = await as("audrey");
  await openInvoice(page, "Acme Retail Analytics");
  const tree = page.locator("details[data-path=total]");
  const open = async (path: string): Promise<void> => page.locator(`details[data-path="${path}"] > summary`).click();
  await open("total/subtotal");
  await open("total/subtotal/lines/1");
  await open("total/subtotal/lines/1/cost");
  const allocation = tree.locator('details[data-path*="/cost/allocations/"]').first();
  await allocation.locator("> summary").click();
  const lines = allocation.locator('details[data-path$="/cost_lines"]').first();
  await lines.locator("> summary").click();
  expect(await lines.textContent()).toMatch(/\d+ cost lines/);
  expect(await lines.textContent()).toContain("sha256:");
  await page.getByRole("button", { name: "Verify: compute it again" }).click();
  await page.getByText("Equal", { exact: true }).waitFor();
});

test("behind the amount of a line stand its formula, its versions and its rows, and the address keeps it open", async () => {
  const page = await as("audrey");
  await openInvoice(page, "Acme Retail Analytics");
  await page.getByRole("button", { name: /Data ingestion: where it comes from/ }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Inputs and versions").waitFor();
  expect(await drawer.textContent()).toContain("On the invoice, half away from zero");
  await page.reload();
  await page.getByRole("dialog").getByText("Inputs and versions").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("what is unremarkable is approved at once, each with its own outcome", async () => {
  const page = await as("arjun");
  await page.goto("/approvals?kind=invoice");
  const choose = page.getByRole("button", { name: /^Select the \d+ unremarkable$/ });
  await choose.waitFor();
  await expect.poll(() => choose.textContent()).toMatch(/[1-9]/);
  await choose.click();
  await page.getByRole("button", { name: /^Approve [1-9]\d* selected$/ }).click();
  await page.getByText(/^(\d+) of \1 issued$/).waitFor();
});

test("a request goes back with its reason, and who prepared it reads why", async () => {
  const approver = await as("arjun");
  await approver.goto("/approvals?kind=invoice");
  const heading = approver.locator("main h2").first();
  await heading.waitFor();
  const tenant = (await heading.textContent()) ?? "";
  await approver.keyboard.press("r");
  await approver.getByLabel("Reason").fill("The plan change has to be explained first.");
  await approver.getByRole("dialog").getByRole("button", { name: "Send back" }).click();
  await approver.getByText("was sent back").waitFor();

  const operator = await as("olivia");
  await openInvoice(operator, tenant);
  await operator.getByText("The plan change has to be explained first.").waitFor();
});

test("a bank transfer settles an invoice only when a second person has approved it", async () => {
  const finance = await as("fiona");
  await openInvoice(finance, "Acme Retail Analytics");
  await finance.getByRole("button", { name: "Record bank transfer" }).click();
  await finance.getByLabel("The bank's reference").fill("FHB-BROWSER-0001");
  await finance.getByRole("button", { name: "Record", exact: true }).click();
  await finance.getByText("it waits for a second person").waitFor();
  expect(await textOf(finance, "h1")).toContain("issued");

  const approver = await as("arjun");
  await approver.goto("/payments");
  const waiting = approver.getByRole("listitem").filter({ hasText: "FHB-BROWSER-0001" });
  await waiting.getByRole("button", { name: "Approve" }).click();
  await waiting.waitFor({ state: "detached" });
  await finance.reload();
  await finance.locator("h1", { hasText: "paid" }).waitFor();
});

test("every cost leads to its lines, and the allocation adds up when it is made again", async () => {
  const page = await as("peter");
  await page.goto("/cost");
  await page.getByRole("table", { name: "Cost by service" }).getByRole("link").first().click();
  await page.getByRole("table", { name: "CUR lines" }).waitFor();
  await page.getByRole("tab", { name: "Allocation" }).click();
  await page.getByText("add up to the total, exactly").waitFor();
  await page.getByRole("button", { name: "Verify: allocate again and compare" }).click();
  await page.getByText("Equal", { exact: true }).waitFor();
});

test("drafting the month again shows its progress and what came of every tenant", async () => {
  const page = await as("olivia");
  await page.goto("/invoices");
  await page.getByRole("button", { name: /^Draft / }).click();
  await page.getByText(/^0 drafted, \d+ unchanged, \d+ skipped, 0 failed$/).waitFor();
});

test("an exception is accepted with a reason that stays with it", async () => {
  const page = await as("fiona");
  await page.goto("/reconciliation");
  await page.getByRole("button", { name: "Accept" }).first().click();
  await page.getByLabel("Reason").fill("Shared test accounts, ours to bear.");
  await page.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
  await page.getByText("Reason: Shared test accounts, ours to bear.").waitFor();
});

test("the auditor finds the chain of events whole", async () => {
  const page = await as("audrey");
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByRole("button", { name: "Verify the chain" }).click();
  await page.getByText("The chain is whole").waitFor();
});

test("a tenant's administrator sees the own usage and invoices, without cost, and no other tenant's", async () => {
  const page = await as("tina");
  await page.getByRole("heading", { name: "My usage and invoices" }).waitFor();
  expect(await page.getByRole("navigation", { name: "Pages" }).getByRole("link").count()).toBe(1);
  await page.getByRole("table", { name: "Your invoices" }).getByRole("link").first().click();
  await page.getByRole("article", { name: "The invoice as the tenant sees it" }).waitFor();
  await settle(page);
  expect(await page.getByText("Cost it carries").count()).toBe(0);
  expect(await page.getByRole("heading", { name: "The invoice as the tenant sees it" }).count()).toBe(0);
  await page.goto(page.url().replace(/ACME.*/, "HELIOS"));
  await page.getByText(/There is no invoice INV-/).waitFor();
  await page.getByRole("link", { name: "All invoices" }).click();
  await page.getByRole("heading", { name: "My usage and invoices" }).waitFor();
});

test("no page had a fault of its own, nor anything that the security policy refused", () => {
  expect(visitors.flatMap((visitor) => visitor.complaints)).toEqual([]);
});
