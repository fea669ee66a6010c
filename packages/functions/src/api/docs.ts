import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Api } from "./context.ts";
import { BASE } from "./verb-path.ts";

/** The reference's own script. Looked up when it is asked for, since a function may have been bundled without it. */
const readScript = (): Promise<string> =>
  readFile(fileURLToPath(new URL("browser/standalone.js", import.meta.resolve("@scalar/api-reference"))), "utf8");

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Commercial-Ops API</title>
  </head>
  <body>
    <div id="reference"></div>
    <script src="/docs/scalar.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

/** Everything that would talk to somebody else is off; the content security policy refuses it as well. */
const START = `Scalar.createApiReference("#reference", ${JSON.stringify({
  url: `${BASE}/openapi.json`,
  telemetry: false,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
})});
`;

const DAY = "public, max-age=86400";

/** `GET /docs`: the browsable reference, from this server alone. */
export const mountDocs = (api: Api): void => {
  api.get("/docs", (c) => c.html(PAGE));
  api.get("/docs/start.js", (c) => c.body(START, 200, { "content-type": "text/javascript", "cache-control": DAY }));
  api.get("/docs/scalar.js", async (c) =>
    c.body(await readScript(), 200, { "content-type": "text/javascript", "cache-control": DAY }),
  );
};
