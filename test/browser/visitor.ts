import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

const PASSWORD = "commercial-ops-demo";

/** A page, and what it complained of while it was open. */
export interface Visitor {
  readonly page: Page;
  /** Faults of scripts, and what the content security policy refused. */
  readonly complaints: readonly string[];
}

/** A browser window of its own at the product. */
export const visit = async (
  browser: Browser,
  product: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> => {
  const context = await browser.newContext({ baseURL: product, locale: "en-GB", acceptDownloads: true, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  return { page, complaints };
};

/** Signs one of the demonstration's people in, as they would. */
export const signIn = async (page: Page, userName: string): Promise<void> => {
  await page.goto("/");
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.locator("main#main").waitFor();
};

/** A window in which somebody is signed in. */
export const visitAs = async (
  browser: Browser,
  product: string,
  userName: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> => {
  const visitor = await visit(browser, product, options);
  await signIn(visitor.page, userName);
  return visitor;
};

/** Waits until everything that the page reads has come. */
export const settle = async (page: Page): Promise<void> => {
  await page.waitForLoadState("networkidle");
  await page
    .getByText(/^Loading /)
    .first()
    .waitFor({ state: "detached" });
};

/** What axe finds on a page as it is. */
export const violationsOf = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`),
  );
};
