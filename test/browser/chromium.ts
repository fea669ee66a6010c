import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** The browser to test with: CHROMIUM, or Debian's Chromium, or a Chrome on the PATH; undefined where there is none. */
export const chromiumPath = (): string | undefined => {
  const named = process.env["CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = (process.env["PATH"] ?? "").split(":").filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
};

/** A fresh browser that talks to nobody but the page under test. The caller closes it. */
export const launchChromium = async (): Promise<Browser> => {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error(WITHOUT);
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
};

const WITHOUT =
  "Browser tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM to its path.";

/** Says so once, before any test runs, where no browser is there: an absent browser is never a green run. */
export const setup = (): void => {
  if (chromiumPath() === undefined) throw new Error(WITHOUT);
};
