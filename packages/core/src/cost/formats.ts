import { invalid } from "../kernel/index.ts";
import { type ColumnFinder, columnFinder, type SourceColumn, squash } from "./columns.ts";
import type { CurFormat } from "./delivery.ts";

/** Without these a line cannot be placed or priced. */
const REQUIRED_CUR = [
  "bill_billing_period_start_date",
  "bill_payer_account_id",
  "line_item_usage_account_id",
  "line_item_line_item_type",
  "line_item_usage_start_date",
  "line_item_product_code",
  "line_item_currency_code",
  "line_item_unblended_cost",
];
const REQUIRED_FOCUS = [
  "BilledCost",
  "EffectiveCost",
  "BillingCurrency",
  "BillingPeriodStart",
  "ChargePeriodStart",
  "ChargeCategory",
  "ServiceName",
];

const CUR2_ONLY = [
  "resource_tags",
  "product",
  "discount",
  "cost_category",
  "bill_payer_account_name",
  "split_line_item_parent_resource_id",
];

/** The product columns that CUR 2.0 has beside its map; any other one is the legacy report's, as Athena spells it. */
const CUR2_PRODUCT = new Set(
  [
    "comment fee_code fee_description from_location from_location_type from_region_code instance_family instance_type instancesku",
    "location location_type operation pricing_unit product_family region_code servicecode sku to_location to_location_type",
    "to_region_code usagetype",
  ].flatMap((names) => names.split(" ").map((name) => `product_${name}`)),
);

const missingFrom = (find: ColumnFinder, required: readonly string[]): string[] =>
  required.filter((name) => !find(name));

/** CUR 2.0 and the Athena form of the legacy report are spelled alike; only CUR 2.0 has maps, only the legacy report a column for each tag. */
const curFormat = (columns: readonly SourceColumn[]): CurFormat => {
  if (columns.some((column) => column.name.includes("/"))) return "cur-legacy";
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  // CUR 2.0 writes its names in one way only.
  if (!names.has("line_item_unblended_cost")) return "cur-legacy";
  if (CUR2_ONLY.some((name) => names.has(name))) return "cur2";
  const isLegacy = [...names].some(
    (name) => name.startsWith("resource_tags_") || (name.startsWith("product_") && !CUR2_PRODUCT.has(name)),
  );
  return isLegacy ? "cur-legacy" : "cur2";
};

/**
 * Recognises the format of a cost file by its header. Throws an invalid Problem that names the file and every missing column
 * when it is none of the three.
 */
export const recogniseFormat = (file: string, columns: readonly SourceColumn[]): CurFormat => {
  const find = columnFinder(columns);
  const missingCur = missingFrom(find, REQUIRED_CUR);
  if (missingCur.length === 0) return curFormat(columns);
  const missingFocus = missingFrom(find, REQUIRED_FOCUS);
  if (missingFocus.length === 0) return "focus";
  const isNearCur = REQUIRED_CUR.length - missingCur.length >= REQUIRED_FOCUS.length - missingFocus.length;
  const isNeither = missingCur.length === REQUIRED_CUR.length && missingFocus.length === REQUIRED_FOCUS.length;
  const [kind, missing] = isNearCur ? ["Cost and Usage Report", missingCur] : ["FOCUS export", missingFocus];
  throw invalid(
    file,
    isNeither
      ? `this is no Cost and Usage Report and no FOCUS export: its header has none of ${[...REQUIRED_CUR, ...REQUIRED_FOCUS].join(", ")}`
      : `the header lacks ${missing.length === 1 ? "a column" : "columns"} that a ${kind} needs: ${missing.join(", ")}. Export the report again with ${missing.length === 1 ? "it" : "them"}.`,
    "UNREADABLE_FILE",
  );
};

/** Where a manifest and the header of its file differ, by squashed name. */
export const compareHeader = (
  manifestColumns: readonly string[],
  header: readonly string[],
): { readonly absent: string[]; readonly unannounced: string[] } => {
  const inHeader = new Set(header.map(squash));
  const inManifest = new Set(manifestColumns.map(squash));
  return {
    absent: manifestColumns.filter((name) => !inHeader.has(squash(name))),
    unannounced: header.filter((name) => !inManifest.has(squash(name))),
  };
};
