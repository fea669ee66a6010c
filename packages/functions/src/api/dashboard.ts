import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import type { Api } from "./context.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";
const NOT_DASHBOARD = /^\/(api|auth|oauth|scim|docs|downloads)(\/|$)/;
const FILE = /\.(js|css|map|json|svg|png|ico|woff2?|txt|webmanifest)$/;

/** Serves the built dashboard; every other page path answers its index, so that deep links work. */
export const mountDashboard = (api: Api, folder: string): void => {
  const files = serveStatic({ root: folder });
  const isFound = (found: unknown): found is Response => found instanceof Response;
  api.get("*", async (c, next) => {
    const { path } = c.req;
    if (NOT_DASHBOARD.test(path)) return next();
    c.header("cache-control", path.startsWith("/assets/") ? IMMUTABLE : "no-cache");
    const found: unknown = await files(c, () => Promise.resolve());
    if (isFound(found)) return found;
    if (path.startsWith("/assets/") || FILE.test(path)) return next();
    return c.html(await readFile(join(folder, "index.html"), "utf8"));
  });
};
