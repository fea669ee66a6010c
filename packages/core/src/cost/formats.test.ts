import { expect, test } from "vitest";
import { csvColumns } from "./columns.ts";
import { firstRecord } from "./csv-header.ts";
import { compareHeader, isForeign, recogniseFormat } from "./formats.ts";

const CUR = [
  "bill_billing_period_start_date",
  "bill_payer_account_id",
  "line_item_usage_account_id",
  "line_item_line_item_type",
  "line_item_usage_start_date",
  "line_item_product_code",
  "line_item_currency_code",
  "line_item_unblended_cost",
];
const LEGACY = [
  "bill/BillingPeriodStartDate",
  "bill/PayerAccountId",
  "lineItem/UsageAccountId",
  "lineItem/LineItemType",
  "lineItem/UsageStartDate",
  "lineItem/ProductCode",
  "lineItem/CurrencyCode",
  "lineItem/UnblendedCost",
];
const FOCUS = [
  "BilledCost",
  "EffectiveCost",
  "BillingCurrency",
  "BillingPeriodStart",
  "ChargePeriodStart",
  "ChargeCategory",
  "ServiceName",
];
const formatOf = (header: readonly string[]) => recogniseFormat("june.csv", csvColumns(header));

test("the legacy report is recognised in every spelling: by its slashes, in camel case, and as Athena writes it", () => {
  const camel = LEGACY.map((name) => name.replace(/\/(.)/, (_, first: string) => first.toUpperCase()));
  expect(formatOf(camel)).toBe("cur-legacy");
  expect(formatOf([...CUR, "product_region", "product_vcpu"])).toBe("cur-legacy");
  expect(formatOf([...CUR, "product_region_code", "product_product_family"])).toBe("cur2");
});

test("a header is recognised by its columns, in any order", () => {
  expect(formatOf([...CUR, "resource_tags"])).toBe("cur2");
  expect(formatOf(CUR.toReversed())).toBe("cur2");
  expect(formatOf(LEGACY.toReversed())).toBe("cur-legacy");
  expect(formatOf(FOCUS)).toBe("focus");
});

test("the Athena form of the legacy report is told from CUR 2.0 by its tag columns", () => {
  expect(formatOf([...CUR, "resource_tags_user_tenant_id"])).toBe("cur-legacy");
  expect(formatOf([...CUR, "resource_tags_user_tenant_id", "resource_tags"])).toBe("cur2");
});

test("columns that were added to a report do not make another report of it", () => {
  expect(formatOf([...CUR, "resource_tags", "my/extra"])).toBe("cur2");
  expect(formatOf([...CUR, "x/y"])).toBe("cur2");
  expect(formatOf([...CUR, "resource_tags"].map((name) => ` ${name.toUpperCase()} `))).toBe("cur2");
  expect(formatOf([...LEGACY, "resource_tags_count"])).toBe("cur-legacy");
});

test("split cost allocation is in both reports and tells nothing; the manifest does, where the columns do not", () => {
  const split = [...CUR, "product_vcpu", "split_line_item_parent_resource_id"];
  expect(formatOf(split)).toBe("cur-legacy");
  const selected = csvColumns([...CUR, "resource_tags_user_tenant_id"]);
  expect(recogniseFormat("june.csv", selected, "cur2")).toBe("cur2");
  expect(recogniseFormat("june.csv", csvColumns(CUR), "cur-legacy")).toBe("cur-legacy");
  expect(recogniseFormat("june.csv", csvColumns([...CUR, "resource_tags"]), "cur-legacy")).toBe("cur2");
  expect(recogniseFormat("june.csv", csvColumns(FOCUS), "cur2")).toBe("focus");
});

test("a column that decides a number and stands twice is refused with its places; one that is not read is not", () => {
  expect(() => formatOf([...CUR, "Line_Item_Unblended_Cost"])).toThrow(
    /june\.csv: row 1, column line_item_unblended_cost: the header has it 2 times \(columns 8, 9\)/,
  );
  expect(() => formatOf([...LEGACY, "savingsPlan/UsedCommitment", "savingsPlan/usedCommitment"])).toThrow(
    /savings_plan_used_commitment/,
  );
  expect(() => formatOf([...FOCUS, "BilledCost"])).toThrow(/column BilledCost/);
  expect(formatOf([...CUR, "note", "note", "resource_tags"])).toBe("cur2");
});

test.each([
  [";", /semicolons: save it with commas/],
  ["\t", /tabs: save it with commas/],
])("a file whose fields %j separates is told to use commas", (sign, advice) => {
  expect(() => formatOf([CUR.join(sign)])).toThrow(advice);
});

test("a manifest that lists none of the columns a file is read by is another report's", () => {
  expect(isForeign(FOCUS, "cur2")).toBe(true);
  expect(isForeign(LEGACY, "focus")).toBe(true);
  expect(isForeign(["line_item_unblended_cost", "product_region"], "cur-legacy")).toBe(false);
  expect(isForeign([], "cur2")).toBe(false);
});

test("a header without required columns is refused with every one of them named", () => {
  const header = LEGACY.filter((name) => !/UnblendedCost|CurrencyCode/.test(name));
  expect(() => formatOf(header)).toThrow(/june\.csv.*line_item_currency_code, line_item_unblended_cost/);
  expect(() => formatOf(FOCUS.filter((name) => name !== "BilledCost"))).toThrow(/FOCUS export needs: BilledCost/);
});

test("a file that is no cost report at all says what it would need", () => {
  expect(() => formatOf(["usage_date", "tenant_id"])).toThrow(
    /june\.csv: this is no Cost and Usage Report and no FOCUS/,
  );
});

test("a manifest and a header are compared without regard to their spelling", () => {
  expect(compareHeader(["lineItem/UnblendedCost", "product/region"], ["line_item_unblended_cost", "extra"])).toEqual({
    absent: ["product/region"],
    unannounced: ["extra"],
  });
});

test("the first record is read with quotes, a byte order mark and either line end, and only when it is whole", () => {
  expect(firstRecord('\ufeffa,"b ""x"", y",c\r\n1,2,3\r\n', false)).toEqual(["a", 'b "x", y', "c"]);
  expect(firstRecord("a,b", false)).toBeUndefined();
  expect(firstRecord("a,b", true)).toEqual(["a", "b"]);
  expect(firstRecord('a,"b\n', true)).toBeUndefined();
});
