import { chmod, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { actorOf, callAs } from "../../testing/actors.ts";
import { COST_HEADER, costLine } from "../../testing/cost-csv.ts";
import { place } from "../../testing/database.ts";
import { planOf } from "../../testing/draft-source.ts";
import { addTenant, billedTenants, recordDaily } from "../../testing/invoicing.ts";
import { tampered } from "../../testing/tampering.ts";
import { type TestWorld, testWorld } from "../../testing/world.ts";
import { allocatePeriod, linesBehind } from "../allocation/index.ts";
import { importCur } from "../cost/index.ts";
import { csvText } from "../kernel/index.ts";
import { exact, sumExact, toText } from "../money/index.ts";
import { type Call, getLineage } from "../record/index.ts";
import { bindPlan, setSeats } from "../tenants/index.ts";
import { day } from "../time/index.ts";
import { putPlan } from "../catalog/index.ts";
import { approveInvoice, type ExplainNode, explainInvoice, generateInvoice, submitInvoice } from "./index.ts";

let world: TestWorld;
let admin: Call;

const tenants = ["TEN-A", "TEN-B", "TEN-C"];

beforeAll(async () => {
  world = await testWorld("2025-10-08T08:00:00Z");
  admin = callAs(world, actorOf("admin", "sam"));
  await billedTenants(admin, tenants);
  const lines = [
    ...Array.from({ length: 7 }, (_, index) =>
      costLine(index, { type: "USE1-NatGateway-Bytes", cost: "14.2857142857", day: `1${index}` }),
    ),
    ...tenants.map((tag, index) => costLine(20 + index, { cost: "10.5", tag })),
    costLine(40, { cost: "3.3", tag: "TEN-UNKNOWN" }),
  ];
  const path = await place(world.folder, "september.csv", csvText(COST_HEADER, lines));
  const [imported] = await importCur.run(admin, { path });
  expect(imported).toMatchObject({ status: "active", rows: 11 });
  // TEN-C changes its plan in mid-month: segments, split costs.
  await putPlan.run(admin, planOf({ plan_code: "SCALE", base_price_usd: "600", minimum_commitment_usd: "100" }));
  await bindPlan.run(admin, { tenant_id: "TEN-C", plan_code: "SCALE", effective_from: "2025-09-11" });
  await allocatePeriod.run(admin, { period: "2025-09" });
});
afterAll(() => world.close());

const generate = (tenant_id: string) =>
  generateInvoice.run(admin, { tenant_id, period_start: "2025-09-01", period_end: "2025-09-30" });
const explain = async (tenantId: string, verify = false, call = admin) =>
  explainInvoice.run(call, { invoice_id: (await generate(tenantId)).invoice_id, verify });

const all = (node: ExplainNode): ExplainNode[] => [node, ...[...node.children, ...node.from].flatMap(all)];
const sumOf = (nodes: readonly ExplainNode[]): string => toText(sumExact(nodes.map((node) => exact(node.amount))));

test("every number is the sum of its parts, from the total to the rating steps and the allocation rows", async () => {
  for (const tenantId of tenants) {
    const { tree } = await explain(tenantId);
    const nodes = all(tree);
    const summed = nodes.filter((node) => node.children.length > 0);
    for (const node of summed) expect(sumOf(node.children), node.path).toBe(toText(exact(node.amount)));
    expect(new Set(summed.map((node) => node.kind))).toEqual(new Set(["total", "subtotal", "line", "cost"]));
    expect(new Set(nodes.map((node) => node.path)).size).toBe(nodes.length);
  }
});

test("a cost ends at its rule version, and at the query, count and sum of its CUR lines with the digests of their files", async () => {
  const { tree } = await explain("TEN-A");
  const shared = all(tree).find((node) => node.kind === "allocation" && node.text.includes("by rule"));
  expect(shared?.facts).toMatchObject({
    rule_id: expect.any(String),
    rule_version: 1,
    key_metric: "nat_gb_processed",
    key_value: "120",
    key_total: "360",
  });
  const [pool] = shared?.from ?? [];
  expect(pool).toMatchObject({ kind: "cost_lines", amount: "99.9999999999" });
  expect(pool?.facts).toMatchObject({
    lines: 7,
    query: { text: expect.stringContaining("from fact_cost_raw") },
    deliveries: [
      {
        raw_files: [{ name: "september.csv", digest: expect.stringMatching(/^[0-9a-f:sh]+/) }],
        columnar_files: [{ rows: 11 }],
      },
    ],
  });
});

test("an allocated amount opens the lines behind it, page by page, and they add up to its pool", async () => {
  const { tree } = await explain("TEN-A");
  const shared = all(tree).find((node) => node.kind === "allocation" && node.text.includes("by rule"));
  const { allocation_id } = z.object({ allocation_id: z.string() }).parse(shared?.facts);
  const first = await linesBehind.run(admin, { allocation_id, page_size: 4 });
  const rest = await linesBehind.run(admin, { allocation_id, page_size: 4, page_token: first.next_page_token ?? "" });
  const lines = [...first.lines, ...rest.lines];
  expect(lines).toHaveLength(7);
  expect(toText(sumExact(lines.map((line) => exact(String("cost" in line ? line.cost : "0")))))).toBe("99.9999999999");
  expect(first).toMatchObject({
    pool: { cost: "99.9999999999", lines: 7 },
    query: { query_id: expect.stringMatching(/^EVQ-/) },
  });
  expect(rest.next_page_token).toBeUndefined();
});

test("the lineage of an invoice goes upstream to the raw file, through the allocation that it was drafted from", async () => {
  const { invoice_id, digest } = await generate("TEN-A");
  const { runs } = await getLineage.run(admin, { dataset: `invoice.${invoice_id}`, digest });
  expect(runs.map((run) => run.job)).toEqual(["invoice-draft", "allocation", "cur-import"]);
  expect(runs.at(-1)?.inputs).toMatchObject([{ dataset: "raw.september.csv" }]);
  expect(runs[1]?.inputs.map((input) => input.dataset)).toEqual(
    expect.arrayContaining(["usage.2025-09", "rules.2025-09"]),
  );
  await expect(getLineage.run(admin, { dataset: "invoice.INV-NOTHING" })).rejects.toMatchObject({ kind: "missing" });
});

test("verifying recomputes everything from stored inputs and says equal, also for a month of two plans", async () => {
  for (const tenantId of tenants) {
    const { verification } = await explain(tenantId, true);
    expect(verification).toMatchObject({ equal: true, first_difference: null });
    expect(verification?.checks.map((check) => check.check)).toEqual([
      "document",
      "rows",
      "plans",
      "usage",
      "rating",
      "allocation",
      "deliveries",
      "cost_lines",
    ]);
  }
});

const TABLES = [
  "invoice_header",
  "invoice_detail",
  "usage_snapshot_daily",
  "plan_version",
  "fact_cost_allocated",
  "allocation_pool",
];

const foundIn = async (tenantId: string, statements: readonly string[]) => {
  const { invoice_id } = await generate(tenantId);
  return tampered(world, { tables: TABLES, statements }, async (inside) => {
    const { verification } = await explainInvoice.run({ ...admin, world: inside }, { invoice_id, verify: true });
    return verification?.first_difference;
  });
};

test("tampering is named: the node, what is stored and what was recomputed", async () => {
  const invoice = "invoice_id = 'INV-202509-A'";
  expect(
    await foundIn("TEN-A", [
      `update invoice_detail set amount_usd = 1, amount_minor = 100 where ${invoice} and line_no = 1`,
    ]),
  ).toEqual({
    check: "rows",
    path: "total/subtotal/lines/1/amountUsd",
    stored: "1",
    recomputed: "300",
  });
  expect(
    await foundIn("TEN-A", [
      `update invoice_detail set steps = jsonb_set(steps, '{0,amount}', '"299"') where ${invoice} and line_no = 1`,
    ]),
  ).toMatchObject({
    check: "rows",
    path: "total/subtotal/lines/1/steps",
    stored: expect.stringContaining('"299"'),
  });
  expect(
    await foundIn("TEN-A", [
      `update invoice_detail set reference_ids = '{"allocation_ids":[]}' where ${invoice} and line_no = 1`,
    ]),
  ).toMatchObject({
    check: "rows",
    path: "total/subtotal/lines/1/referenceIds",
  });
  expect(
    await foundIn("TEN-A", [
      `update invoice_header set document = jsonb_set(document, '{total}', '"1.00"') where ${invoice}`,
    ]),
  ).toMatchObject({
    check: "document",
    path: "total/digest",
  });
  expect(
    await foundIn("TEN-A", [
      "update usage_snapshot_daily set metric_value = 11 where tenant_id = 'TEN-A' and metric_code = 'data_ingestion_gb' and usage_date = '2025-09-07'",
    ]),
  ).toEqual({
    check: "usage",
    path: "usage/1/value",
    stored: "300",
    recomputed: "301",
  });
  expect(
    await foundIn("TEN-A", [
      `update plan_version set definition = jsonb_set(definition, '{base_price_usd}', '"301"') where plan_code = 'GROWTH'`,
    ]),
  ).toMatchObject({
    check: "plans",
    path: "plans/GROWTH@1/digest",
  });
  expect(
    await foundIn("TEN-A", [
      "update fact_cost_allocated set cost = cost + 1 where tenant_id = 'TEN-B' and kind = 'allocated'",
    ]),
  ).toMatchObject({
    check: "allocation",
    path: expect.stringMatching(/TEN-B\/cost$/),
  });
  expect(
    await foundIn("TEN-A", [
      "update allocation_pool set lines = lines + 1 where reason = 'tag' and tenant_tag = 'TEN-A'",
    ]),
  ).toMatchObject({
    check: "cost_lines",
    stored: 2,
    recomputed: 1,
  });
});

test("a changed cost file is named by its key and digest", async () => {
  const { invoice_id } = await generate("TEN-A");
  const key = (await world.files.list("")).find((name) => name.endsWith(".parquet")) ?? "";
  const path = await world.files.localPath(key);
  const content = await readFile(path);
  await chmod(path, 0o600);
  await writeFile(path, Buffer.concat([content, Buffer.from("x")]));
  const { verification } = await explainInvoice.run(admin, { invoice_id, verify: true });
  expect(verification).toMatchObject({
    equal: false,
    first_difference: { check: "deliveries", path: expect.stringContaining(key) },
  });
  await writeFile(path, content);
});

test("a correction after issue is not taken for tampering: usage and seats are read as they were when the invoice was drafted", async () => {
  await addTenant(admin, "TEN-D");
  await allocatePeriod.run(admin, { period: "2025-09" });
  const { invoice_id } = await generate("TEN-D");
  const { digest } = await submitInvoice.run(admin, { invoice_id });
  await approveInvoice.run(callAs(world, actorOf("approver", "anna")), { invoice_id, digest });
  world.clock.set("2025-10-20T08:00:00Z");
  await recordDaily(admin, { tenantId: "TEN-D", metric: "data_ingestion_gb", value: "500", days: ["2025-09-30"] });
  await setSeats.run(admin, { tenant_id: "TEN-D", seats: 20, effective_from: day("2025-01-01") });
  await setSeats.run(admin, { tenant_id: "TEN-D", seats: 30, effective_from: day("2025-09-05") });
  const { verification } = await explainInvoice.run(admin, { invoice_id, verify: true });
  expect(verification).toMatchObject({ equal: true });
});

test("a tenant's tree ends at the rating steps, and verifying is not for tenants", async () => {
  const tenant = callAs(world, actorOf("tenant_user", "tina", "TEN-D" as Parameters<typeof actorOf>[2]));
  const { tree } = await explainInvoice.run(tenant, { invoice_id: "INV-202509-D" });
  expect(new Set(all(tree).map((node) => node.kind))).toEqual(
    new Set(["total", "subtotal", "line", "step", "rounding", "tax"]),
  );
  await expect(explainInvoice.run(tenant, { invoice_id: "INV-202509-D", verify: true })).rejects.toMatchObject({
    kind: "forbidden",
  });
  await expect(explainInvoice.run(tenant, { invoice_id: "INV-202509-A" })).rejects.toMatchObject({ kind: "missing" });
});
