import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openNormaliser } from "../../testing/cost-lines.ts";
import { type Cells, cur2Csv, focusCsv, legacyCsv } from "../../testing/cur.ts";
import { place } from "../../testing/database.ts";
import { parquetColumns } from "./columns.ts";
import { firstRecord } from "./csv-header.ts";
import { recogniseFormat } from "./formats.ts";
import { normaliseSql } from "./normalise-sql.ts";

let lines: Awaited<ReturnType<typeof openNormaliser>>;
beforeAll(async () => {
  lines = await openNormaliser();
});
afterAll(() => lines.close());

const amounts = async (cells: Cells) => {
  const [row] = await lines.normalise(cur2Csv([cells]));
  const {
    line_item_unblended_cost,
    amortized_cost,
    net_unblended_cost,
    net_amortized_cost,
    upfront_purchase,
    amortized_upfront,
  } = row ?? {};
  const short = (value: unknown) => (value === null ? null : String(Number(value)));
  return {
    cash: short(line_item_unblended_cost),
    amortized: short(amortized_cost),
    net: short(net_unblended_cost),
    netAmortized: short(net_amortized_cost),
    upfront: short(upfront_purchase),
    amortizedUpfront: short(amortized_upfront),
  };
};

const PLAIN = { upfront: "0", amortizedUpfront: "0" };
const RI = { reservation_reservation_a_r_n: "arn:ri" };
test.each<[string, Cells, object]>([
  ["Usage", {}, { cash: "1.5", amortized: "1.5", net: "1.5", netAmortized: "1.5", ...PLAIN }],
  [
    "SavingsPlanCoveredUsage",
    { savings_plan_savings_plan_effective_cost: "0.9" },
    { cash: "1.5", amortized: "0.9", net: "1.5", netAmortized: null, ...PLAIN },
  ],
  [
    "SavingsPlanNegation",
    { line_item_unblended_cost: "-1.5" },
    { cash: "-1.5", amortized: "0", netAmortized: "0", ...PLAIN },
  ],
  [
    "SavingsPlanRecurringFee",
    {
      savings_plan_total_commitment_to_date: "2.0",
      savings_plan_used_commitment: "0.9",
      savings_plan_amortized_upfront_commitment_for_billing_period: "0.5",
    },
    { cash: "1.5", amortized: "1.1", netAmortized: "1.1", upfront: "0", amortizedUpfront: "0.5" },
  ],
  ["SavingsPlanUpfrontFee", {}, { cash: "1.5", amortized: "0", upfront: "1.5", amortizedUpfront: "0" }],
  ["Fee", RI, { cash: "1.5", amortized: "0", upfront: "1.5", amortizedUpfront: "0" }],
  ["Fee", {}, { cash: "1.5", amortized: "1.5", ...PLAIN }],
  [
    "DiscountedUsage",
    { ...RI, line_item_unblended_cost: "0", line_item_net_unblended_cost: "0", reservation_effective_cost: "0.4" },
    { cash: "0", amortized: "0.4", net: "0", netAmortized: null, ...PLAIN },
  ],
  [
    "RIFee",
    {
      ...RI,
      reservation_unused_amortized_upfront_fee_for_billing_period: "0.2",
      reservation_unused_recurring_fee: "0.3",
      reservation_amortized_upfront_fee_for_billing_period: "0.7",
    },
    { cash: "1.5", amortized: "0.5", upfront: "0", amortizedUpfront: "0.7" },
  ],
  [
    "EdpDiscount",
    { line_item_unblended_cost: "-0.1" },
    { cash: "-0.1", amortized: "-0.1", net: "0", netAmortized: "0", ...PLAIN },
  ],
  ["Tax", {}, { cash: "1.5", amortized: "1.5", ...PLAIN }],
  ["Credit", { line_item_unblended_cost: "-1" }, { cash: "-1", amortized: "-1", ...PLAIN }],
  ["SomethingNew", {}, { cash: "1.5", amortized: "1.5", ...PLAIN }],
])("%s lines have the cash and amortised cost of their kind", async (type, cells, expected) => {
  expect(await amounts({ line_item_line_item_type: type, ...cells })).toMatchObject(expected);
});

test("a row with fewer fields reads as empty and is marked; a blank field is not short", async () => {
  const text = cur2Csv([{ resource_tags: "" }, {}]);
  const cut = text.trimEnd().slice(0, text.trimEnd().lastIndexOf(',"{'));
  expect(await lines.normalise(`${cut}\n`)).toMatchObject([{ issue_code: null }, { issue_code: "short_row" }]);
});

test("tags come from the map of CUR 2.0, from its newer map, and from a column of the legacy report", async () => {
  const [map] = await lines.normalise(cur2Csv([{}]));
  expect(map).toMatchObject({
    resource_tags_user_tenant_id: "TEN-1",
    resource_tags_user_plan_id: "team",
    resource_tags_user_service_component: "query",
  });
  const renamed = cur2Csv([{ resource_tags: '{"resourceTags/user:tenant_id":"TEN-2"}' }]).replace(
    "resource_tags",
    "tags",
  );
  expect(await lines.normalise(renamed)).toMatchObject([{ resource_tags_user_tenant_id: "TEN-2" }]);
  const column = await lines.normalise(legacyCsv([{ "resourceTags/user:tenant_id": "TEN-3" }, {}]));
  expect(column).toMatchObject([{ resource_tags_user_tenant_id: "TEN-3" }, { resource_tags_user_tenant_id: null }]);
});

test("of tag keys that differ in a sign only, the one that is spelled exactly counts", async () => {
  const text = legacyCsv([{ "resourceTags/user:tenant_id": "TEN-3" }])
    .replace(/^/, "resourceTags/user:TenantId,")
    .replace("\n", "\nOTHER,");
  expect(await lines.normalise(text)).toMatchObject([{ resource_tags_user_tenant_id: "TEN-3" }]);
});

test("FOCUS lines without an effective cost are marked as those without a billed one are", async () => {
  const rows = await lines.normalise(focusCsv([{ EffectiveCost: "NULL" }, { BilledCost: "" }]));
  expect(rows).toMatchObject([
    { issue_code: "blank_cost", issue_column: "EffectiveCost" },
    { issue_code: "blank_cost", issue_column: "BilledCost" },
  ]);
});

test("a tag with a blank value is not the same as no tag, and broken JSON is no tag", async () => {
  const [blank, broken] = await lines.normalise(
    cur2Csv([{ resource_tags: '{"user_tenant_id":""}' }, { resource_tags: '{"user_tenant_id":' }]),
  );
  expect([blank?.["resource_tags_user_tenant_id"], broken?.["resource_tags_user_tenant_id"]]).toEqual(["", null]);
});

test("the legacy report is read under either spelling of its columns", async () => {
  const text = legacyCsv([
    { "lineItem/LineItemType": "SavingsPlanCoveredUsage", "savingsPlan/SavingsPlanEffectiveCost": "1.25" },
  ]);
  const expected = [
    { line_item_unblended_cost: "2.250000000000", amortized_cost: "1.250000000000", net_unblended_cost: null },
  ];
  expect(await lines.normalise(text)).toMatchObject(expected);
  expect(await lines.normalise(text.replace("savingsPlan/SavingsPlanARN", "savingsPlan/SavingsPlanArn"))).toMatchObject(
    expected,
  );
});

test("FOCUS reads NULL as nothing, BilledCost as cash and EffectiveCost as amortised, and tells other providers", async () => {
  const rows = await lines.normalise(
    focusCsv([
      { Tags: '{"env": "prod", " tenant_id": "TEN-4"}' },
      { ProviderName: "Microsoft", CommitmentDiscountStatus: "Unused", BilledCost: "NULL" },
    ]),
  );
  expect(rows).toMatchObject([
    {
      line_item_unblended_cost: "3.000000000000",
      amortized_cost: "2.500000000000",
      region: null,
      provider: "AWS",
      resource_tags_user_tenant_id: "TEN-4",
      line_item_line_item_type: "Usage",
      issue_code: null,
    },
    { provider: "Microsoft", line_item_line_item_type: "UnusedCommitment", issue_code: "blank_cost" },
  ]);
});

test("lines of split cost allocation are marked, because they restate others", async () => {
  const rows = await lines.normalise(
    cur2Csv([
      { split_line_item_parent_resource_id: "i-1" },
      { line_item_operation: "EKSPod-EC2" },
      { line_item_operation: "RunInstances" },
    ]),
  );
  expect(rows.map((row) => row["is_split"])).toEqual([true, true, false]);
});

const TAGS = "user_tenant_id varchar, user_plan_id varchar, user_service_component varchar";
test.each([
  ["maps, decimals and times", "cast(json(@) as map(varchar, varchar))", "cast(left(@, 19) as timestamp)"],
  ["lists of entries", "map_entries(cast(json(@) as map(varchar, varchar)))", "cast(left(@, 19) as timestamp_ns)"],
  ["a field for each tag, and zones", `cast(json(@) as struct(${TAGS}))`, "cast(left(@, 19) || '+00' as timestamptz)"],
  ["JSON texts", "json(@)", "left(@, 19)"],
])("a Parquet export with %s gives the lines of its CSV form", async (_what, tags, time) => {
  const text = cur2Csv([{}, { line_item_unblended_cost: "0.0000004" }]);
  const csv = await place(lines.folder, "typed.csv", text);
  const parquet = join(lines.folder, "typed.parquet");
  const header = firstRecord(text, true) ?? [];
  const items = header.map((name, index) => {
    const column = `c${index + 1}`;
    if (name === "resource_tags") return `${tags.replace("@", column)} as ${name}`;
    if (/_(start|end)_date$/.test(name)) return `${time.replace("@", column)} as ${name}`;
    return `${name.endsWith("unblended_cost") ? `try_cast(${column} as double)` : `nullif(${column}, '')`} as ${name}`;
  });
  const source = { kind: "csv", path: csv, isCompressed: false, width: header.length } as const;
  await lines.lake.convert({ select: `select ${items.join(", ")} from source`, source, target: parquet });
  const columns = parquetColumns(await lines.lake.describe(parquet));
  const target = join(lines.folder, "typed-lines.parquet");
  await lines.lake.convert({
    select: normaliseSql(recogniseFormat("typed", columns), columns, {
      name: "typed",
      digest: "d",
      kind: "parquet",
      mayBePadded: true,
    }),
    source: { kind: "parquet", path: parquet },
    target,
  });
  const plain = (await lines.normalise(text)).map(({ source_file: _file, source_row: _row, ...rest }) => rest);
  const typed = (await lines.rowsOf(target)).map(({ source_file: _file, source_row: _row, ...rest }) => rest);
  expect(typed).toEqual(plain);
});

test("a tag that a Parquet export has no field for is not there, and a value that is no text is read as one", async () => {
  const text = cur2Csv([{}]);
  const width = firstRecord(text, true)?.length ?? 0;
  const csv = await place(lines.folder, "few.csv", text);
  const tagsOf = async (tags: string) => {
    const parquet = join(lines.folder, `few-${tags.length}.parquet`);
    const named = (firstRecord(text, true) ?? []).map(
      (name, index) => `${name === "resource_tags" ? tags : `c${index + 1}`} as ${name}`,
    );
    const source = { kind: "csv", path: csv, isCompressed: false, width } as const;
    await lines.lake.convert({ select: `select ${named.join(", ")} from source`, source, target: parquet });
    const columns = parquetColumns(await lines.lake.describe(parquet));
    const file = { name: "few", digest: "d", kind: "parquet", mayBePadded: true } as const;
    const target = `${parquet}.lines`;
    await lines.lake.convert({
      select: normaliseSql("cur2", columns, file),
      source: { kind: "parquet", path: parquet },
      target,
    });
    return lines.rowsOf(target);
  };
  expect(await tagsOf("struct_pack(user_tenant_id := 'TEN-1', other := 'x')")).toMatchObject([
    { resource_tags_user_tenant_id: "TEN-1", resource_tags_user_plan_id: null },
  ]);
  expect(await tagsOf("map {'user_plan_id': 7}")).toMatchObject([
    { resource_tags_user_tenant_id: null, resource_tags_user_plan_id: "7" },
  ]);
});
