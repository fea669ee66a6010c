import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import type { Api } from "./context.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";

/** Serves the built dashboard; every other page path answers its index, so that deep links work. */
export const mountDashboard = (api: Api, folder: string): void => {
  api.use(
    "*",
    serveStatic({
      root: folder,
      onFound: (path, c) => c.header("cache-control", /[\\/]assets[\\/]/.test(path) ? IMMUTABLE : "no-cache"),
    }),
  );
  api.get("*", async (c, next) => {
    const isPage = !/^\/(api|auth|oauth|scim|docs)(\/|$)/.test(c.req.path) && !/\.[a-z0-9]+$/i.test(c.req.path);
    if (!isPage) return next();
    try {
      return c.html(await readFile(join(folder, "index.html"), "utf8"), 200, { "cache-control": "no-cache" });
    } catch {
      return next();
    }
  });
};
