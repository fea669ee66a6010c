import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** The browser to test with: CHROMIUM_PATH, or a Chromium or Chrome on the PATH; undefined where there is none. */
export const chromiumPath = (): string | undefined => {
  const named = process.env["CHROMIUM_PATH"] ?? "";
  if (named !== "") return named;
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = (process.env["PATH"] ?? "").split(":").filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
};

/** How to get a browser, for whoever has none. */
export const WITHOUT_CHROMIUM =
  "there is no Chromium. Install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to its path.";

/** A fresh browser, its profile in a new folder, that talks to nobody but the page under test. The caller closes it. */
export const launchChromium = async (): Promise<Browser> => {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error(WITHOUT_CHROMIUM);
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
