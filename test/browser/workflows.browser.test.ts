import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { TaskOutcome } from "@commops/core/adapters/embedded/engine/effects.ts";
import { launchChromium } from "./chromium.ts";
import { type Answers, type RecordedWorkflows, recordedWorkflows } from "./recorded-workflows.ts";
import { settle, visitAs } from "./visitor.ts";

const product = inject("product");
let browser: Browser;
let recorded: RecordedWorkflows;
let token: string;

const done = (Payload: object): TaskOutcome => ({ output: { Payload: { ...Payload }, StatusCode: 200 } });
const approving =
  (decision: "ask" | "auto", mail: TaskOutcome = done({})): Answers =>
  (task) =>
    task === "check-approval-policy" ? done({ decision }) : task === "mail-invoice" ? mail : done({});

beforeAll(async () => {
  browser = await launchChromium();
  recorded = await recordedWorkflows();
  token = await recorded.api.token("platform_engineer", { user: "peter" });
  const approval = (name: string, answers: Answers) =>
    recorded.record("invoice-approval", name, { invoice_id: name.slice(0, -2), digest: "sha256:1" }, answers);
  await approval("INV-202610-ACME.1", approving("ask"));
  await approval("INV-202610-BOREAL.1", approving("auto"));
  await approval("INV-202610-HELIOS.1", approving("auto", { error: "MailRefused", cause: "no such mailbox" }));
});
afterAll(async () => {
  await recorded.api.close();
  await browser.close();
});

/** Somebody at the dashboard whose executions are the recorded ones. */
const visitor = async (options: BrowserContextOptions = {}, userName = "peter"): Promise<Page> => {
  const { page } = await visitAs(browser, product, userName, options);
  await page.route(/\/api\/v1\/workflows\/(executions|machines)/, async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    const answer = await recorded.api.send(`${request.method()} ${url.pathname.slice(7)}${url.search}`, {
      token,
      ...(request.method() === "POST" ? { body: request.postData() ?? "{}" } : {}),
    });
    await route.fulfill({ status: answer.status, json: answer.body });
  });
  return page;
};

const open = async (page: Page, name: string): Promise<void> => {
  await page.goto("/workflows");
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("region", { name: "State graph of invoice-approval" }).waitFor();
  await settle(page);
};

const stateLink = (page: Page, name: string) => page.locator(`a[data-state="${name}"]`);

test("executions are filtered by machine, status and name, and the address keeps it", async () => {
  const page = await visitor();
  await page.goto("/workflows");
  const rows = page.getByRole("table", { name: "Executions" }).getByRole("row");
  await expect.poll(() => rows.count()).toBe(4);
  await page.getByLabel("Machine", { exact: true }).selectOption("invoice-approval");
  await page.getByLabel("Status").selectOption("failed");
  await expect.poll(() => rows.count()).toBe(2);
  await page.reload();
  await expect.poll(() => rows.count()).toBe(2);
  expect(await rows.nth(1).textContent()).toContain("INV-202610-HELIOS.1");
  await page.getByLabel("Status").selectOption("");
  await page.getByLabel("Name has").fill("boreal");
  await page.keyboard.press("Enter");
  await expect.poll(() => rows.nth(1).textContent()).toContain("INV-202610-BOREAL.1");
  await page.getByLabel("Name has").fill("nobody");
  await page.keyboard.press("Enter");
  await page.getByText("No execution matches").waitFor();
});

test("an invoice leads to what ran for it", async () => {
  const page = await visitor({}, "olivia");
  await page.goto("/invoices?span=all");
  await page.getByRole("table", { name: "Invoices" }).getByRole("link").first().click();
  await page.getByRole("link", { name: "What ran for it" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("name")).toMatch(/^INV-/);
  expect(await page.getByLabel("Name has").inputValue()).toBe(new URL(page.url()).searchParams.get("name"));
});

test("the graph shows the path that was taken, and a state what went through it", async () => {
  const page = await visitor();
  await open(page, "INV-202610-HELIOS.1");
  expect(await stateLink(page, "Mail").textContent()).toContain("caught");
  expect(await stateLink(page, "ApprovalFailed").textContent()).toContain("failed");
  expect(await stateLink(page, "RequestApproval").textContent()).toContain("not reached");
  await stateLink(page, "Mail").click();
  await page.getByRole("heading", { name: "Mail", exact: true }).waitFor();
  await page.getByRole("region", { name: "Sent to the task" }).getByText("INV-202610-HELIOS").waitFor();
  await page.getByText("MailRefused").first().waitFor();
  const history = page.getByRole("table", { name: "History" });
  await expect.poll(() => history.getByRole("row").count()).toBe(6);
  await page.reload();
  await page.getByRole("heading", { name: "Mail", exact: true }).waitFor();
  await page.getByLabel("Events").selectOption("Failed");
  await expect.poll(() => history.getByRole("row").count()).toBe(2);
});

test("arrow keys go from state to state, and Enter opens one", async () => {
  const page = await visitor();
  await open(page, "INV-202610-BOREAL.1");
  await stateLink(page, "Begin").focus();
  await page.keyboard.press("ArrowDown");
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-state"));
  expect(await focused()).toBe("IsDecided");
  await page.keyboard.press("ArrowUp");
  expect(await focused()).toBe("Begin");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Begin", exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get("state")).toBe("Begin");
});

test("what waits for a token says so and shows none; it is stopped with a reason, which stays with it, and redriven", async () => {
  const page = await visitor();
  await open(page, "INV-202610-ACME.1");
  expect(await stateLink(page, "RequestApproval").textContent()).toContain("waiting");
  await stateLink(page, "RequestApproval").click();
  await page.getByRole("region", { name: "Sent to the task" }).getByText("[not shown]").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByLabel("Reason").fill("The draft is wrong.");
  await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await page.getByText("The draft is wrong.").first().waitFor();
  await page.locator("h1", { hasText: "aborted" }).waitFor();
  await page.getByRole("button", { name: "Redrive" }).click();
  await page.getByLabel("Reason").fill("It is right after all.");
  await page.getByRole("dialog").getByRole("button", { name: "Redrive" }).click();
  await page.locator("h1", { hasText: "running" }).waitFor();
});

test("a running execution is followed as it goes", async () => {
  const page = await visitor();
  const name = "INV-202610-LIVE.1";
  const { executionArn } = await recorded.workflows.start({ machine: "invoice-approval", name, input: {} });
  await open(page, name);
  expect(await stateLink(page, "Begin").textContent()).toContain("not reached");
  recorded.workflows.tell(executionArn, "PassStateEntered", "Begin");
  await expect.poll(() => stateLink(page, "Begin").textContent(), { timeout: 10_000 }).toContain("running");
  recorded.workflows.tell(executionArn, "PassStateExited", "Begin");
  await expect.poll(() => stateLink(page, "Begin").textContent(), { timeout: 10_000 }).toContain("succeeded");
  recorded.workflows.end(executionArn, "SUCCEEDED", { output: {} });
});

test("a machine is started by hand, and an input that is no object is refused with what to write", async () => {
  const page = await visitor();
  await page.goto("/workflows?machine=allocation");
  await page.getByRole("button", { name: "Start a machine" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Input, as JSON").fill("2026-06");
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await dialog.getByRole("alert").getByText("no JSON object").waitFor();
  await dialog.getByLabel("Input, as JSON").fill('{"period": "2026-06"}');
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await page.locator("h1", { hasText: "by-hand-" }).waitFor();
});

test("readers see no button that changes anything", async () => {
  const page = await visitor({}, "audrey");
  await open(page, "INV-202610-HELIOS.1");
  for (const name of ["Redrive", "Start again", "Stop"])
    expect(await page.getByRole("button", { name }).count()).toBe(0);
});

test.each(["light", "dark"] as const)("axe finds nothing on the pages of workflows in %s", async (colorScheme) => {
  const found: string[] = [];
  const page = await visitor({ colorScheme });
  const check = async (what: string): Promise<void> => {
    await settle(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    found.push(...violations.flatMap((one) => one.nodes.map((node) => `${what} ${one.id}: ${node.target.join(" ")}`)));
  };
  await page.goto("/workflows");
  await check("list");
  await page.goto("/workflows?view=runs");
  await check("runs");
  for (const name of ["INV-202610-HELIOS.1", "INV-202610-BOREAL.1"]) {
    await open(page, name);
    await check(name);
  }
  await stateLink(page, "Mail").click();
  await check("state");
  expect(found).toEqual([]);
});

test("at 360 px the graph scrolls within itself and the page not sideways", async () => {
  const page = await visitor({ viewport: { width: 360, height: 740 } });
  for (const path of ["/workflows", "/workflows?view=runs"]) {
    await page.goto(path);
    await settle(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  }
  await open(page, "INV-202610-HELIOS.1");
  await stateLink(page, "Mail").click();
  await settle(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  const graph = page.getByRole("region", { name: "State graph of invoice-approval" });
  expect(await graph.evaluate((region) => region.scrollWidth > region.clientWidth)).toBe(true);
});
