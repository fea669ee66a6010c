import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { addMonths } from "@commops/core/time";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { freePort } from "../../tools/processes.ts";
import { hire, lastMonth, TENANTS } from "./cast.ts";
import { clientOf, type Reply, type Sender } from "./client.ts";
import { type ServerProcess, startServer } from "./server.ts";
import { invoicesOf, live, type Story, work, writeCur } from "./story.ts";

const month = lastMonth();
let root: string;
let server: ServerProcess;
let story: Story;
let text: string;

/** A tenant that nobody has made: its tag is on lines of the cost report. */
const GHOST = { tenantId: "TEN-GHOST", planCode: "growth", size: 2 };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "commops-bad-"));
  const folder = join(root, "data");
  server = await startServer(folder, await freePort());
  const people = await hire(folder, server.base);
  story = { client: clientOf(server.base), people, month, curPath: join(root, "cur.csv") };
  await writeCur(story.curPath, month, 600, [...TENANTS, GHOST]);
  text = await readFile(story.curPath, "utf8");
  await live(story, ["set up", "usage"]);
});
afterAll(async () => {
  await server?.stop("SIGTERM");
  await rm(root, { recursive: true, force: true });
});

const as = (who: Sender, route: string, body?: unknown): Promise<Reply> => story.client.send(who, route, body);
const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(root, name);
  await writeFile(path, content);
  return path;
};
const refusal = (status: number, code: string, message: RegExp) => ({
  status,
  body: { error: { code, message: expect.stringMatching(message) } },
});

const importAt = (body: object) => work(story.client, story.people.engineer, "POST /cost/deliveries", body);
const costOf = (of: string) => as(story.people.engineer, `GET /cost/summary?period=${of}`);
const results = z.array(
  z.looseObject({
    period: z.string().nullable(),
    status: z.string(),
    rows: z.number(),
    findings: z.array(z.looseObject({ code: z.string(), severity: z.string(), message: z.string() })),
  }),
);
const findingsOf = (result: unknown) => results.parse(result).flatMap(({ findings }) => findings);

describe("cost reports that cannot be taken, and leave no cost behind", () => {
  test("a gzip file that is cut off", async () => {
    const whole = gzipSync(text);
    const path = await file("half.csv.gz", whole.subarray(0, Math.floor(whole.length / 2)));
    const run = await importAt({ path });
    expect(run).toMatchObject({
      status: "failed",
      error: { code: "UNREADABLE_FILE", message: expect.stringMatching(/half\.csv\.gz.*cut off or damaged/) },
    });
  });

  test("a file that breaks off in the middle of a line", async () => {
    const run = await importAt({ path: await file("broken.csv", text.slice(0, text.length - 200)) });
    const said = run.status === "failed" ? JSON.stringify(run.error) : JSON.stringify(findingsOf(run.result));
    expect(said).toMatch(/broken\.csv/);
    expect(said).toMatch(/cut off|truncated/);
  });

  test("a file with other columns", async () => {
    const run = await importAt({ path: await file("other.csv", "name,amount\nEC2,12\n") });
    const said = run.status === "failed" ? JSON.stringify(run.error) : JSON.stringify(findingsOf(run.result));
    expect(said).toMatch(/other\.csv/);
    expect(said).toMatch(/no Cost and Usage Report/);
  });

  test("an amount that is no number is named by row and column", async () => {
    const lines = text.split("\n");
    const at = (lines[0] ?? "").split(",").indexOf("line_item_unblended_cost");
    const cells = (lines[4] ?? "").split(",");
    const path = await file(
      "amount.csv",
      [...lines.slice(0, 4), cells.with(at, "lots").join(), ...lines.slice(5)].join("\n"),
    );
    const found = findingsOf((await importAt({ path })).result).filter(({ severity }) => severity === "quarantine");
    expect(found).toEqual([
      expect.objectContaining({
        code: "unparsable_amount",
        row: 5,
        message: expect.stringMatching(/amount\.csv.*row 5/),
      }),
    ]);
  });

  test("the cost of another month than the one that was asked for", async () => {
    const run = await importAt({ path: story.curPath, period: addMonths(month, -1) });
    expect(findingsOf(run.result)).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: "wrong_period", severity: "quarantine" })]),
    );
    expect(await costOf(addMonths(month, -1))).toMatchObject({ status: 404 });
  });

  test("none of them left cost behind, or anything to allocate", async () => {
    expect(await costOf(month)).toMatchObject(refusal(404, "NOT_FOUND", new RegExp(month)));
    const allocated = await as(story.people.engineer, "POST /cost/allocations:run", { period: month });
    expect(allocated).toMatchObject(refusal(404, "NOT_FOUND", new RegExp(month)));
  });
});

describe("a good report after all that", () => {
  test("the same bytes twice are taken once, and the second time says so", async () => {
    const first = await importAt({ path: story.curPath });
    expect(results.parse(first.result)).toMatchObject([{ period: month, status: "active" }]);
    const before = await costOf(month);
    expect(before.status).toBe(200);
    const second = await importAt({ path: await file("cur-again.csv", text) });
    expect(findingsOf(second.result).map(({ code }) => code)).toContain("duplicate_delivery");
    expect(await costOf(month)).toEqual(before);
  });

  test("a tag that names no tenant goes to the operator, with a finding", async () => {
    const summary = z.looseObject({
      overhead: z.string(),
      findings: z.array(z.looseObject({ code: z.string(), subject: z.string().nullable(), message: z.string() })),
    });
    const allocated = await story.client.must(summary, story.people.engineer, "POST /cost/allocations:run", {
      period: month,
    });
    const ghosts = allocated.findings.filter(({ code }) => code === "UNKNOWN_TENANT_TAG");
    expect(ghosts.length).toBeGreaterThan(0);
    for (const found of ghosts) expect(found).toMatchObject({ subject: "TEN-GHOST" });
    const shares = await as(story.people.engineer, `GET /cost/allocations?period=${month}&tenant_id=TEN-GHOST`);
    expect(JSON.stringify(shares.body)).not.toContain('"TEN-GHOST"');
  });
});

describe("quantities and amounts", () => {
  const snapshot = (value: string) => ({
    tenant_id: "TEN-ACME",
    metric_code: "egress_gb",
    metric_value: value,
    usage_date: `${month}-01`,
  });
  const cases: readonly (readonly [string, RegExp])[] = [
    ["-0.000000000001", /must not be negative/],
    ["9".repeat(27), /too large/],
    ["1e400", /not a decimal number|too large/],
    ["0.0000000000001", /more than 12 decimals/],
    ["NaN", /not a decimal number/],
    ["", /not a decimal number/],
  ];
  test.each(cases)("a usage of %j is refused, with the good ones beside it", async (value, message) => {
    const before = await usage();
    const sent = { snapshots: [snapshot("1"), snapshot(value)] };
    const reply = await as(story.people.engineer, "POST /usage/snapshots", sent);
    expect(reply).toMatchObject(refusal(400, "INVALID_ARGUMENT", message));
    expect(await usage()).toEqual(before);
  });
  const usage = () =>
    as(
      story.people.engineer,
      `GET /usage/snapshots?tenant_id=TEN-ACME&metric_code=egress_gb&from=${month}-01&to=${month}-01`,
    );

  test("the largest quantity is priced without losing a digit", async () => {
    const largest = "9".repeat(26);
    const estimate = {
      currency: "USD",
      lines: [{ id: "much", quantity: largest, price: { model: "per_unit", unit_price: "1" } }],
    };
    expect(await as(story.people.operator, "POST /pricing/estimate", estimate)).toMatchObject({
      status: 200,
      body: { total: `${largest}.00` },
    });
  });
});

describe("decisions", () => {
  const header = async (tenantId: string) => {
    const found = (await invoicesOf(story)).find((invoice) => invoice.tenant_id === tenantId);
    if (!found) throw new Error(`no invoice of ${tenantId}`);
    return found;
  };
  const submit = z.looseObject({ digest: z.string() });
  const submitted = async (tenantId: string): Promise<{ id: string; digest: string }> => {
    const { invoice_id: id } = await header(tenantId);
    return { id, ...(await story.client.must(submit, story.people.operator, `POST /invoices/${id}:submit`, {})) };
  };

  beforeAll(() => live(story, ["reconciliation before drafts", "drafts"]));

  test("a digest that is not the draft's any more approves nothing", async () => {
    const { id, digest } = await submitted("TEN-CITRINE");
    const taxes = [{ name: "VAT", jurisdiction: "FR", rate_percent: "20" }];
    await as(story.people.operator, "PATCH /tenants/TEN-CITRINE", { tax_profile: { taxes } });
    const again = { tenant_id: "TEN-CITRINE", period_start: `${month}-01`, period_end: endOf() };
    await work(story.client, story.people.operator, "POST /invoices:generate", again);
    const reply = await as(story.people.approver, `POST /invoices/${id}:approve`, { digest });
    expect(reply).toMatchObject(refusal(409, "FAILED_PRECONDITION", /digest|changed/));
    expect(await header("TEN-CITRINE")).toMatchObject({ status: "draft", number: null });
  });

  test("nobody approves what they prepared, whatever their token", async () => {
    const { id, digest } = await submitted("TEN-DELTA");
    const tokens = z.looseObject({ token: z.string() });
    const own = { role: "approver", user_name: "olivia" };
    const olivia = await story.client.must(tokens, story.people.admin, "POST /tokens", own);
    expect(await as(olivia, `POST /invoices/${id}:approve`, { digest })).toMatchObject(
      refusal(403, "PERMISSION_DENIED", /prepared/),
    );
    expect(await header("TEN-DELTA")).toMatchObject({ status: "pending_approval", number: null });
  });

  test("another tenant's objects are not there", async () => {
    const { id, digest } = await submitted("TEN-ACME");
    await as(story.people.approver, `POST /invoices/${id}:approve`, { digest });
    const tokens = z.looseObject({ token: z.string() });
    const tokenOf = (tenant: string) =>
      story.client.must(tokens, story.people.admin, "POST /tokens", {
        role: "tenant_admin",
        tenant_id: tenant,
        user_name: `admin of ${tenant}`,
      });
    const [own, foreign] = [await tokenOf("TEN-ACME"), await tokenOf("TEN-BOREAL")];
    const notice = { invoice_id: id, method: "bank_transfer", amount_usd: "1", provider_ref: "FOREIGN-1" };
    const requests: readonly (readonly [string, unknown?])[] = [
      ["GET /tenants/TEN-ACME"],
      [`GET /invoices/${id}`],
      [`GET /invoices/${id}/lines`],
      [`GET /invoices/${id}/payments`],
      [`GET /invoices/${id}/explain`],
      [`GET /invoices/${id}/export?format=pdf`],
      ["GET /usage/snapshots?tenant_id=TEN-ACME"],
      ["POST /payments", notice],
    ];
    for (const [route, body] of requests) {
      expect([route, (await as(foreign, route, body)).status]).toEqual([route, 404]);
      expect([route, (await as(own, route, body)).status]).toEqual([route, body === undefined ? 200 : 201]);
    }
  });

  test("a payment of nothing, of less, of more digits than money has, or of words is refused", async () => {
    const { invoice_id: id } = await header("TEN-ACME");
    for (const amount of ["0", "-1", "0.001", "1e400", "much"]) {
      const body = { invoice_id: id, method: "bank_transfer", amount_usd: amount, provider_ref: `BAD-${amount}` };
      expect([amount, (await as(story.people.finance, "POST /payments", body)).status]).toEqual([amount, 400]);
    }
  });
});

const endOf = (): string =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(0, 10);
