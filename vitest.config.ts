import { defineConfig } from "vitest/config";

const isLong = process.env["COMMOPS_LONG"] === "1";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.{ts,tsx}", "tools/**/*.test.ts", "bench/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/*.browser.test.{ts,tsx}"],
    setupFiles: isLong ? ["test/property-rounds.ts"] : [],
    // The grammar of Trino's SQL comes as modules that only a bundler resolves.
    server: { deps: { inline: ["dt-sql-parser"] } },
    maxWorkers: 2,
    testTimeout: isLong ? 600_000 : 180_000,
    hookTimeout: 240_000,
    // Tests that start and kill whole servers may miss a wait on two busy cores; a fault shows again.
    retry: process.env["CI"] === "true" ? 1 : 0,
  },
});
