import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { settle, violationsOf, visit, visitAs } from "./visitor.ts";

const product = inject("product");
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
});

/** Every page, as one of the people who use it. */
const PAGES = [
  ["olivia", "/"],
  ["arjun", "/approvals"],
  ["olivia", "/approvals?state=approved"],
  ["olivia", "/invoices?span=all"],
  ["fiona", "/payments"],
  ["peter", "/cost"],
  ["peter", "/cost?by=day"],
  ["peter", "/cost?service=AmazonEC2"],
  ["peter", "/cost?view=allocation&service=AmazonEC2"],
  ["peter", "/cost?view=rules"],
  ["peter", "/cost?view=deliveries"],
  ["peter", "/cost?view=restatements"],
  ["fiona", "/reconciliation"],
  ["peter", "/workflows"],
  ["peter", "/workflows?view=runs"],
  ["audrey", "/audit"],
  ["olivia", "/mail"],
  ["tina", "/my"],
] as const;

/** The newest invoice that somebody sees. */
const invoicePath = async (page: Page): Promise<string> => {
  await page.goto("/invoices?span=all");
  await page.getByRole("table", { name: "Invoices" }).waitFor();
  return (await page.getByRole("table", { name: "Invoices" }).getByRole("link").first().getAttribute("href")) ?? "";
};

/** Pixels by which the page is wider than its window. */
const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test.each(["light", "dark"] as const)(
  "axe finds nothing on any page in %s",
  { timeout: 300_000 },
  async (colorScheme) => {
    const found: string[] = [];
    const stranger = await visit(browser, product, { colorScheme });
    await stranger.page.goto("/");
    await stranger.page.getByRole("button", { name: "Sign in" }).waitFor();
    found.push(...(await violationsOf(stranger.page)).map((one) => `sign-in ${one}`));
    for (const userName of new Set(PAGES.map(([name]) => name))) {
      const { page } = await visitAs(browser, product, userName, { colorScheme });
      for (const [, path] of PAGES.filter(([name]) => name === userName)) {
        await page.goto(path);
        await settle(page);
        found.push(...(await violationsOf(page)).map((one) => `${path} ${one}`));
      }
    }
    const { page } = await visitAs(browser, product, "olivia", { colorScheme });
    const path = await invoicePath(page);
    for (const part of ["explain", "changes", "payments", "mail"]) {
      await page.goto(`${path.split("?")[0]}?part=${part}`);
      await settle(page);
      found.push(...(await violationsOf(page)).map((one) => `invoice ${part} ${one}`));
    }
    await page.goto(`${path.split("?")[0]}?line=1`);
    await page.getByRole("dialog").getByText("Inputs and versions").waitFor();
    found.push(...(await violationsOf(page)).map((one) => `evidence ${one}`));
    expect(found).toEqual([]);
  },
);

test("no page scrolls sideways at 360 px", { timeout: 300_000 }, async () => {
  const narrow = { viewport: { width: 360, height: 740 } };
  const wide: string[] = [];
  for (const userName of new Set(PAGES.map(([name]) => name))) {
    const { page } = await visitAs(browser, product, userName, narrow);
    const paths = PAGES.filter(([name]) => name === userName).map(([, path]): string => path);
    if (userName === "olivia") paths.push(await invoicePath(page));
    for (const path of paths) {
      await page.goto(path);
      await settle(page);
      const overflow = await overflowOf(page);
      if (overflow > 0) wide.push(`${path}: ${overflow} px`);
    }
  }
  expect(wide).toEqual([]);
});

test.each([
  ["fiona", "/payments", "Amount"],
  ["tina", "/my", "Total"],
])("%s sees the last column of %s at 360 px without scrolling sideways", async (userName, path, head) => {
  const { page } = await visitAs(browser, product, userName, { viewport: { width: 360, height: 740 } });
  await page.goto(path);
  await settle(page);
  const box = await page.getByRole("columnheader", { name: head }).first().boundingBox();
  expect((box?.x ?? 360) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
});

test("the way to the content and through the pages needs no mouse", async () => {
  const { page } = await visitAs(browser, product, "olivia");
  await page.goto("/");
  await settle(page);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  await page.getByRole("link", { name: "Invoices", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Invoices" }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  const outline = await page.evaluate(() => {
    const link = document.querySelector<HTMLAnchorElement>("nav a");
    link?.focus();
    return link === null ? "" : getComputedStyle(link).outlineStyle;
  });
  expect(outline).not.toBe("none");
});

test("single keys can be switched off", async () => {
  const { page } = await visitAs(browser, product, "olivia");
  await page.goto("/approvals?state=approved");
  const current = page.getByRole("list", { name: "Requests" }).locator("button[aria-current=true]");
  await current.waitFor();
  await page.getByRole("button", { name: "Keys on" }).click();
  const before = page.url();
  await page.keyboard.press("j");
  expect(page.url()).toBe(before);
});

test("filters and their order stand in the address, and a reload shows the same", async () => {
  const { page } = await visitAs(browser, product, "olivia");
  await page.goto("/invoices");
  await page.getByLabel("Time").selectOption("all");
  await page.getByLabel("Status").selectOption("paid");
  await page.getByRole("button", { name: "Total" }).click();
  await expect.poll(() => new URL(page.url()).search).toMatch(/status=paid.*sort=-total|sort=-total.*status=paid/);
  const table = page.getByRole("table", { name: "Invoices" });
  const first = await table.getByRole("row").nth(1).textContent();
  await page.reload();
  await table.waitFor();
  expect(await table.getByRole("row").nth(1).textContent()).toBe(first);
});

test("a wrong password says so, with what to do and a trace id", async () => {
  const { page } = await visit(browser, product);
  await page.goto("/invoices");
  await page.getByLabel("User name").fill("olivia");
  await page.getByLabel("Password").fill("not hers");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const fault = page.getByRole("alert");
  await fault.waitFor();
  expect(await fault.textContent()).toContain("Trace id");
});

test("what cannot be read says why, and can be tried again", async () => {
  const { page } = await visitAs(browser, product, "olivia");
  await page.route("**/api/v1/reconciliation/summary*", (request) => request.abort());
  await page.goto("/reconciliation");
  const fault = page.getByRole("alert").filter({ hasText: "Could not read the reconciliation" });
  await fault.waitFor();
  await page.unroute("**/api/v1/reconciliation/summary*");
  await fault.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("table", { name: "Checks" }).waitFor();
});
