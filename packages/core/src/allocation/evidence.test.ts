import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { input, line, rule, tenant } from "../../testing/allocation.ts";
import { athenaFaults } from "../../testing/trino.ts";
import { openLake } from "../adapters/embedded/lake.ts";
import type { Lake } from "../ports/index.ts";
import { costText } from "./allocate.ts";
import { evidencePage } from "./evidence-lines.action.ts";
import { type EvidenceQuery, evidenceQuery, type PoolEvidence } from "./evidence.ts";
import type { CostGroup } from "./plan.ts";
import { poolCosts } from "./route.ts";

let folder: string;
let lake: Lake;
const target = () => join(folder, "lines.parquet");

const GROUPS: readonly CostGroup[] = [
  line("1", { tenantTag: "TEN-A" }),
  line("2", { tenantTag: "TEN-X", component: "lake" }),
  line("3", { usageType: "USE1-NatGateway-Bytes" }),
  line("4", { usageType: "USE1-NatGateway-Bytes", region: "" }),
  line("5", { usageType: "USE1-NatGateway-Bytes", tenantTag: "TEN-A" }),
  line("6", { component: "it's" }),
  line("7", { lineType: "Fee" }),
  line("8", { lineType: "Fee", isUpfront: true }),
  line("9", { lineType: "Tax", tenantTag: "TEN-A" }),
  line("10", { otherProvider: "Microsoft" }),
];

const csvField = (text: string): string => `"${text.replaceAll('"', '""')}"`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "evidence-"));
  lake = await openLake(join(folder, "lake"));
  const rows = GROUPS.map((group, index) =>
    [
      String(index),
      group.lineType,
      group.usageType,
      group.service,
      group.component ?? "",
      group.account ?? "",
      group.region ?? "",
      group.otherProvider ?? "AWS",
      group.tenantTag ?? "",
      String(group.isUpfront),
      costText(group.cost),
      group.billingEntity,
    ]
      .map(csvField)
      .join(","),
  );
  const path = join(folder, "lines.csv");
  await writeFile(path, `${Array.from({ length: 12 }, (_, index) => `h${index}`).join(",")}\n${rows.join("\n")}\n`);
  const select = `select '2025-09' as billing_period, 'USD' as line_item_currency_code, false as is_split, 'f' as source_file, engine_row as source_row,
    c1 as identity_line_item_id, date '2025-09-01' as usage_date, c2 as line_item_line_item_type, c3 as line_item_usage_type, '' as line_item_resource_id,
    c4 as line_item_product_code, nullif(c5, '') as resource_tags_user_service_component, c6 as line_item_usage_account_id, nullif(c7, '') as region,
    c8 as provider, nullif(c9, '') as resource_tags_user_tenant_id, cast(c10 as boolean) as is_upfront, 0 as line_item_usage_amount,
    cast(c11 as decimal(38,12)) as amortized_cost, c12 as bill_billing_entity from source`;
  await lake.convert({ select, source: { kind: "csv", path, width: 12, isCompressed: false }, target: target() });
});
afterAll(async () => {
  await lake.close();
  await rm(folder, { recursive: true, force: true });
});

const sumOf = async ({ text, parameters }: EvidenceQuery) => {
  const [sum] = await lake.query<{ cost: string; lines: string }>(
    `select cast(sum(cost) as varchar) as cost, cast(count(*) as varchar) as lines from (${text}) as evidence`,
    { tables: { fact_cost_raw: [target()] }, parameters },
  );
  return sum;
};

it("the query of each pool finds that pool's lines in the columnar files, and no others", async () => {
  const pools = poolCosts(input({ costs: GROUPS, tenants: [tenant("TEN-A")], rules: [rule()] }));
  expect(pools.map((pool) => pool.reason).toSorted()).toEqual([
    "commitment",
    "fee",
    "no_rule",
    "other_provider",
    "rule",
    "tag",
    "tag",
    "tax",
    "unknown_tag",
  ]);
  for (const pool of pools) {
    const evidence: PoolEvidence = { ...pool, period: "2025-09", basis: "amortized", currency: "USD" };
    expect(athenaFaults(evidenceQuery(evidence).text)).toEqual([]);
    const after = evidencePage(evidenceQuery(evidence), { file: "f", row: 1 }, 50);
    expect(athenaFaults(after.text)).toEqual([]);
    expect(await sumOf(evidenceQuery(evidence))).toEqual({ cost: costText(pool.cost), lines: String(pool.lines) });
  }
});
