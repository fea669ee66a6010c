import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestApi, testApi } from "../../testing/api.ts";

let folder: string;
let api: TestApi;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commops-web-"));
  const dist = join(folder, "dist");
  await mkdir(join(dist, "assets"), { recursive: true });
  await writeFile(join(dist, "index.html"), "<!doctype html><title>Dashboard</title>");
  await writeFile(join(dist, "assets", "app-1a2b.js"), "start()");
  await writeFile(join(folder, "secret.txt"), "outside");
  api = await testApi({ dashboardFolder: dist });
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

test.each(["/", "/invoices", "/invoices/INV-202509-ACME", "/tenants/TEN.A"])("%s shows the dashboard", async (path) => {
  const page = await api.send(`GET /${path}`);
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  expect(page.headers.get("cache-control")).toBe("no-cache");
  expect(page.body["text"]).toContain("<title>Dashboard</title>");
});

test("built files are kept for ever, since their names change with their content", async () => {
  const file = await api.send("GET //assets/app-1a2b.js");
  expect(file.body["text"]).toBe("start()");
  expect(file.headers.get("content-type")).toMatch(/javascript/);
  expect(file.headers.get("cache-control")).toContain("immutable");
});

test.each(["/assets/gone.js", "/api/v2/tenants", "/api/v1/nothing", "/downloads/x"])(
  "%s is not there",
  async (path) => {
    expect(await api.send(`GET /${path}`)).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
  },
);

test.each(["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%5c..%5csecret.txt"])(
  "%s does not leave the folder",
  async (path) => {
    expect((await api.send(`GET /${path}`)).body["text"] ?? "").not.toContain("outside");
  },
);
