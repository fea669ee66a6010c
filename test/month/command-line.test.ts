import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exact, toFixed } from "@commops/core/money";
import { generateUsage } from "@commops/core/synthetic";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../tools/processes.ts";
import { hire, lastMonth, setUp, TENANTS } from "./cast.ts";
import { clientOf } from "./client.ts";
import { type CommandResult, commops, type ServerProcess, startServer } from "./server.ts";
import { writeCur } from "./story.ts";

let root: string;
let folder: string;
let server: ServerProcess;
const month = lastMonth();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "commops-cli-"));
  folder = join(root, "data");
  server = await startServer(folder, await freePort());
  const people = await hire(folder, server.base);
  await setUp(clientOf(server.base), people, month);
});
afterAll(async () => {
  await server?.stop("SIGTERM");
  await rm(root, { recursive: true, force: true });
});

const file = async (name: string, text: string): Promise<string> => {
  const path = join(root, name);
  await writeFile(path, text);
  return path;
};
const run = (...args: string[]): Promise<CommandResult> => commops(folder, [...args, "--json"]);
const json = (result: CommandResult): unknown => JSON.parse(result.stdout);
const failure = (result: CommandResult) => json(result) as { error: { code: string; message: string } };

describe("a month from files", () => {
  test("tenants import: new ones are created, known ones follow the file, a repeat changes nothing", async () => {
    const path = await file(
      "tenants.csv",
      "tenant_id,tenant_name,plan_code,seats\nTEN-NEW,New Ltd,growth,5\nTEN-ACME,Acme Ltd,growth,9\n",
    );
    const first = await run("tenants", "import", path);
    expect({ exit: first.exit, json: json(first) }).toEqual({ exit: 0, json: { rows: 2, created: 1, updated: 1 } });
    expect(json(await run("tenants", "import", path))).toEqual({ rows: 2, created: 0, updated: 2 });
  });

  test("usage import: recorded once, however often it is imported", async () => {
    const rows = generateUsage({ seed: 3, month, tenants: TENANTS.slice(0, 2) });
    const lines = rows.map((row) => [row.usage_date, row.tenant_id, row.metric_code, row.metric_value].join());
    const path = await file("usage.csv", ["usage_date,tenant_id,metric_code,metric_value", ...lines, ""].join("\n"));
    expect(json(await run("usage", "import", path))).toEqual({ rows: rows.length, created: rows.length, updated: 0 });
    expect(json(await run("usage", "import", path))).toEqual({ rows: rows.length, created: 0, updated: 0 });
  });

  test("cur import, cost summary and allocate agree on the total", async () => {
    const path = join(root, "cur.csv");
    await writeCur(path, month, 600);
    const imported = await run("cur", "import", path);
    expect(imported.exit).toBe(0);
    const [period] = json(imported) as { period: string; rows: number; total_unblended_cost: string }[];
    expect(period).toMatchObject({ period: month, currency: "USD", format: "cur2", files: 1 });
    const summary = json(await run("cost", "summary", "--period", month, "--by", "service,tenant")) as {
      total: string;
      groups: { key: object; cost: string; rows: number }[];
    };
    expect(toFixed(exact(summary.total), 6)).toBe(period?.total_unblended_cost);
    expect(summary.groups.reduce((sum, group) => sum + group.rows, 0)).toBe(period?.rows);
    const allocated = await run("allocate", "--period", month, "--basis", "unblended");
    expect(allocated.exit).toBe(0);
    expect(exact((json(allocated) as { total: string }).total)).toEqual(exact(summary.total));
  });

  test("a reader that stops reading is no fault: no stack trace, and the exit code of the command itself", async () => {
    const cut = (...args: string[]) => commops(folder, args, {}, "true");
    const summary = ["cost", "summary", "--period", month, "--by", "service,tenant"];
    expect(await cut(...summary)).toMatchObject({ exit: 0, stderr: "" });
    expect(await cut("workflow", "run")).toMatchObject({ exit: 2, stderr: expect.stringMatching(/^commops: .*\n$/) });
  });

  test("audit verify finds a whole chain", async () => {
    expect(json(await run("audit", "verify"))).toMatchObject({ ok: true, first_bad: null });
  });
});

describe("bad input ends with 2, one JSON document on stdout and a sentence on stderr", () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["no command", [], /No command/],
    ["an unknown command", ["invoices"], /Unknown command invoices/],
    ["an unknown part of a command", ["cur", "export"], /Unknown command export/],
    ["a missing argument", ["cur", "import"], /PATH/],
    ["a missing option", ["allocate"], /--period/],
    ["an unknown option", ["allocate", "--period", month, "--bases", "unblended"], /--bases/],
    ["an argument too many", ["audit", "verify", "all"], /'all'/],
    ["a month that is none", ["allocate", "--period", "2026-13"], /period: not a month/],
    ["a basis that is none", ["allocate", "--period", month, "--basis", "gross"], /basis/],
    ["a file that is not there", ["cur", "import", "/nowhere/cur.csv"], /\/nowhere\/cur.csv/],
    ["a month without cost", ["allocate", "--period", "2020-01"], /2020-01/],
    ["an invoice that is not there", ["invoice", "explain", "INV-202001-NOBODY", "--verify"], /INV-202001-NOBODY/],
    ["a role that is none", ["token", "--role", "king"], /role/],
    ["an approver without a name", ["token", "--role", "approver"], /needs a person/],
    ["a tenant's role without a tenant", ["token", "--role", "tenant_user"], /tenant/],
  ];
  test.each(cases)("%s", async (_title, args, message) => {
    const result = await commops(folder, [...args, "--json"]);
    expect(result.exit, result.stderr).toBe(2);
    expect(failure(result).error.message).toMatch(message);
    expect(failure(result).error.code).toMatch(/^[A-Z_]+$/);
    expect(result.stderr).toMatch(/^commops: /);
  });

  test("without --json nothing stands on stdout", async () => {
    const result = await commops(folder, ["allocate", "--period", "never"]);
    expect(result).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining("never") });
  });

  const files: readonly (readonly [string, string, string, RegExp])[] = [
    ["tenants without their columns", "tenants", "id,name\nTEN-X,X\n", /lacks tenant_id, tenant_name/],
    ["seats in words", "tenants", "tenant_id,tenant_name,seats\nTEN-X,X,many\n", /:2.*many/],
    ["an unknown plan", "tenants", "tenant_id,tenant_name,plan_code\nTEN-X,X,gold\n", /gold/],
    ["a negative quantity", "usage", usageFile("TEN-ACME,egress_gb,1", "TEN-ACME,egress_gb,-1"), /:3 .*negative/],
    ["a huge quantity", "usage", usageFile(`TEN-ACME,egress_gb,${"9".repeat(40)}`), /:2 .*too large/],
    ["a quantity that is none", "usage", usageFile("TEN-ACME,egress_gb,lots"), /:2 .*lots/],
    ["an unknown metric", "usage", usageFile("TEN-ACME,smiles,1"), /:2 .*metric/],
    ["an unknown tenant", "usage", usageFile("TEN-ACME,egress_gb,1", "TEN-GHOST,egress_gb,1"), /TEN-GHOST/],
    ["a row that is cut off", "usage", `${usageFile("TEN-ACME,egress_gb,1")}2020-01-03,TEN`, /line 3|:3/i],
  ];
  test.each(files)("%s", async (title, what, text, message) => {
    const path = await file(`${title.replaceAll(" ", "-")}.csv`, text);
    const result = await commops(folder, [what, "import", path, "--json"]);
    expect(result.exit, result.stdout).toBe(2);
    expect(failure(result).error.message).toMatch(message);
  });

  test("of a file with a wrong row nothing was recorded, not even its good rows", async () => {
    const path = await file("good.csv", usageFile("TEN-ACME,egress_gb,1"));
    expect(json(await run("usage", "import", path))).toEqual({ rows: 1, created: 1, updated: 0 });
  });
});

function usageFile(...rows: readonly string[]): string {
  return ["usage_date,tenant_id,metric_code,metric_value", ...rows.map((row) => `2020-01-02,${row}`), ""].join("\n");
}
