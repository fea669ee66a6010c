import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.browser.test.ts", "test/**/*.browser.test.ts"],
    globalSetup: ["test/browser/chromium.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
