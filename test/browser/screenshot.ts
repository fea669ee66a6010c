/** `npm run screenshot`: starts the product with its demonstration and takes the picture that README shows. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProduct } from "../../tools/product.ts";
import { launchChromium } from "./chromium.ts";
import { settle, visitAs } from "./visitor.ts";

const PICTURE = "docs/screenshot.png";
const LARGEST = 300 * 1024;
const PATIENCE_SECONDS = 240;

const folder = mkdtempSync(join(tmpdir(), "commops-screenshot-"));
try {
  const product = await startProduct(folder, PATIENCE_SECONDS);
  try {
    const browser = await launchChromium();
    const { page } = await visitAs(browser, product.base, "arjun", { viewport: { width: 1360, height: 940 } });
    await page.goto("/approvals");
    await settle(page);
    await page.getByRole("list", { name: "Requests" }).getByRole("button").nth(1).click();
    await settle(page);
    await page.screenshot({ path: PICTURE });
    await browser.close();
  } finally {
    await product.stop("SIGTERM");
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const { size } = statSync(PICTURE);
if (size > LARGEST) throw new Error(`${PICTURE} has ${size} bytes; ${LARGEST} are allowed`);
console.log(`${PICTURE}: ${size} bytes`);
