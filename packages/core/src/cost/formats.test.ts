import { expect, test } from "vitest";
import { csvColumns } from "./columns.ts";
import { firstRecord } from "./csv-header.ts";
import { compareHeader, recogniseFormat } from "./formats.ts";

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
