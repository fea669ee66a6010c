import { defineConfig } from "vitest/config";
import { chromiumPath, WITHOUT_CHROMIUM } from "./test/browser/chromium.ts";

const isThere = chromiumPath() !== undefined;
// Where everything is installed by script an absent browser is a fault; elsewhere the tests say that they did not run.
if (!isThere && process.env["CI"] === "true") throw new Error(`Browser tests cannot run: ${WITHOUT_CHROMIUM}`);
if (!isThere) process.stdout.write(`Browser tests skipped: ${WITHOUT_CHROMIUM}\n`);

export default defineConfig({
  test: {
    include: isThere ? ["packages/*/src/**/*.browser.test.ts", "test/**/*.browser.test.ts"] : [],
    passWithNoTests: !isThere,
    globalSetup: isThere ? ["test/browser/started-product.ts"] : [],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // A browser beside a server on two busy cores may miss a wait; a fault shows again.
    retry: 1,
  },
});
