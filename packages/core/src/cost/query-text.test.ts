import { expect, test } from "vitest";
import { athenaFaults } from "../../testing/trino.ts";
import { addedOfRows, addedSql } from "./added-columns.ts";
import { csvColumns, parquetColumns } from "./columns.ts";
import { FINDING_CODES, FINDING_KINDS } from "./finding-kinds.ts";
import { normaliseSql, partSql } from "./normalise-sql.ts";
import {
  CONTENTS,
  DAILY,
  DUPLICATES,
  duplicateFileQuery,
  FACTS,
  ISSUES,
  linesQuery,
  OTHER_PROVIDERS,
  overlapQuery,
  UNKNOWN_TYPES,
} from "./queries.ts";

const CSV_HEADERS = {
  "cur-legacy": [
    "identity/LineItemId",
    "identity/TimeInterval",
    "bill/PayerAccountId",
    "bill/BillingPeriodStartDate",
    "lineItem/UsageAccountId",
    "lineItem/LineItemType",
    "lineItem/UsageStartDate",
    "lineItem/ProductCode",
    "lineItem/CurrencyCode",
    "lineItem/UnblendedCost",
    "lineItem/NetUnblendedCost",
    "reservation/ReservationARN",
    "reservation/EffectiveCost",
    "savingsPlan/SavingsPlanEffectiveCost",
    "resourceTags/user:tenant_id",
  ],
  cur2: [
    "bill_payer_account_id",
    "bill_billing_period_start_date",
    "line_item_usage_account_id",
    "line_item_line_item_type",
    "line_item_usage_start_date",
    "line_item_product_code",
    "line_item_currency_code",
    "line_item_unblended_cost",
    "split_line_item_parent_resource_id",
    "resource_tags",
    "tags",
  ],
  focus: [
    "BilledCost",
    "EffectiveCost",
    "BillingCurrency",
    "BillingPeriodStart",
    "ChargePeriodStart",
    "ChargeCategory",
    "ServiceName",
    "ProviderName",
    "Tags",
  ],
} as const;
const typeOf = (name: string): string => {
  if (/^(resource_tags|tags)$/i.test(name)) return "MAP(VARCHAR, VARCHAR)";
  return /cost$/i.test(name) ? "DOUBLE" : "VARCHAR";
};

const filters = {
  exactly: { service: "AmazonEC2", tenant: "TEN-1", line_item_type: "Usage", resource_id: "i-1" },
  from: "2026-06-01",
  to: "2026-06-30",
  haveDays: false,
  after: { digest: "ab", row: 2 },
};

/** Each evidence query once, with a check that uses it. */
const evidence = [
  ...new Map(
    FINDING_CODES.map((code): [string, string] => [
      FINDING_KINDS[code].evidence({ file: "june's.csv", column: "bill/InvoiceId", subject: "Novelty's" }),
      code,
    ]),
  ),
];

const texts: Readonly<Record<string, string>> = {
  contents: CONTENTS,
  issues: ISSUES,
  facts: FACTS,
  "unknown types": UNKNOWN_TYPES,
  "other providers": OTHER_PROVIDERS,
  duplicates: DUPLICATES,
  "the file of a duplicate": duplicateFileQuery(2),
  overlap: overlapQuery(["ab", "cd"]),
  "added columns": addedSql(csvColumns(['line\'s "new"', "b"]), "ab"),
  "added columns of lines": addedOfRows(2),
  daily: DAILY,
  lines: linesQuery(filters, 51).text,
  "one period and currency": partSql("2026-06", "EUR"),
  "one period without a currency": partSql("2026-06", undefined),
  ...Object.fromEntries(evidence.map(([text, code]) => [`the evidence of ${code}`, text])),
  ...Object.fromEntries(
    (["cur-legacy", "cur2", "focus"] as const).flatMap((format) => {
      const file = { name: "june's.csv", digest: "ab", mayBePadded: true };
      const header = CSV_HEADERS[format];
      const typed = header.map((name) => ({ name, type: typeOf(name) }));
      return [
        [`${format}, csv`, normaliseSql(format, csvColumns(header), { ...file, kind: "csv" })],
        [
          `${format}, csv without a padded text`,
          normaliseSql(format, csvColumns(header), { ...file, kind: "csv", mayBePadded: false }),
        ],
        [`${format}, parquet`, normaliseSql(format, parquetColumns(typed), { ...file, kind: "parquet" })],
      ];
    }),
  ),
};

test.each(Object.entries(texts))("the query text of %s is one that Athena's grammar takes as well", (_, text) => {
  expect(athenaFaults(text)).toEqual([]);
});

test("what only one engine takes is found", () => {
  expect(athenaFaults("select * exclude (a) from t")).not.toEqual([]);
  expect(athenaFaults("select a from t qualify row_number() over () = 1")).not.toEqual([]);
  expect(athenaFaults("select a::decimal from t")).not.toEqual([]);
  expect(athenaFaults("select a from t where a = ? order by a nulls first limit 3")).toEqual([]);
});
