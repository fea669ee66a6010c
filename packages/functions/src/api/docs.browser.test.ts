import { serve, type ServerType } from "@hono/node-server";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testWorld, type TestWorld } from "@commops/core/testing/world.ts";
import { launchChromium } from "../../../../test/browser/chromium.ts";
import { createApi } from "./api.ts";

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly summary: string }>>>>;
}

let world: TestWorld;
let server: ServerType;
let browser: Browser;
let origin: string;
beforeAll(async () => {
  world = await testWorld();
  const api = createApi({
    world,
    settings: {
      version: "test",
      rateLimit: 1000,
      isSecureCookie: false,
      oidc: undefined,
      uploadFolder: undefined,
      mayReadLocalPaths: false,
      dashboardFolder: undefined,
    },
    hooks: {
      log: () => undefined,
      addressOf: () => "test",
      curFreshnessDays: async () => null,
      background: () => undefined,
    },
  });
  origin = await new Promise((resolve) => {
    server = serve({ fetch: api.fetch, port: 0, hostname: "127.0.0.1" }, (info) =>
      resolve(`http://127.0.0.1:${info.port}`),
    );
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

test("the reference shows the operations and asks nobody but this server", async () => {
  const page = await browser.newPage();
  const asked: string[] = [];
  const refused: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
  });
  const description = (await (await fetch(`${origin}/api/v1/openapi.json`)).json()) as Description;
  // Only the first group of operations is open at first.
  const [first = {}] = Object.values(description.paths);
  const [summary = ""] = Object.values(first).map((operation) => operation.summary);
  expect(summary).not.toBe("");
  await page.goto(`${origin}/docs`);
  await page.getByText(summary).first().waitFor();
  // A page that asked others would do so by now; it goes on drawing many operations for long.
  await page.waitForTimeout(3_000);
  expect(asked.filter((url) => !url.startsWith(origin) && !url.startsWith("data:"))).toEqual([]);
  expect(refused).toEqual([]);
});
