import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startProduct } from "../../tools/product.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the product answers: `http://127.0.0.1:<port>`. */
    readonly product: string;
  }
}

const PATIENCE_SECONDS = 240;

/** Starts the product once for all browser tests, with the demonstration in a folder of its own; ends it after them. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = mkdtempSync(join(tmpdir(), "commops-browser-"));
  // The test runner says "test"; whoever starts the product builds the dashboard for use.
  delete process.env["NODE_ENV"];
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const product = await startProduct(folder, PATIENCE_SECONDS).catch((error: unknown) => {
    remove();
    throw error;
  });
  project.provide("product", product.base);
  return async () => {
    await product.stop("SIGTERM");
    remove();
  };
};
