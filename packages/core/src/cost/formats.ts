import { invalid } from "../kernel/index.ts";
import { type ColumnFinder, columnFinder, type SourceColumn, squash } from "./columns.ts";
import type { CurFormat } from "./delivery.ts";
import { CUR_AMOUNTS } from "./normalise-cur.ts";
import { FOCUS_AMOUNTS } from "./normalise-focus.ts";

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
  "tags",
  "product",
  "discount",
  "cost_category",
  "bill_payer_account_name",
  "line_item_usage_account_name",
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

/**
 * CUR 2.0 and the Athena form of the legacy report are spelled alike; only CUR 2.0 has maps and names of accounts. Without them the manifest says
 * which it is, and else the legacy report's columns for tags and products. What was added to a report beside its own columns says nothing.
 */
const curFormat = (columns: readonly SourceColumn[], announced: CurFormat | undefined): CurFormat => {
  const names = new Set(columns.map((column) => column.name.trim().toLowerCase()));
  // CUR 2.0 writes its names in one way only.
  if (REQUIRED_CUR.some((name) => !names.has(name))) return "cur-legacy";
  if (CUR2_ONLY.some((name) => names.has(name))) return "cur2";
  if (announced === "cur2" || announced === "cur-legacy") return announced;
  const isLegacy = [...names].some(
    (name) => name.startsWith("resource_tags_") || (name.startsWith("product_") && !CUR2_PRODUCT.has(name)),
  );
  return isLegacy ? "cur-legacy" : "cur2";
};

/** Which of two columns for one thing counts, nobody can say. */
const assertOnce = (file: string, columns: readonly SourceColumn[], names: readonly string[]): void => {
  for (const name of names) {
    const places = columns.flatMap((column, index) => (squash(column.name) === squash(name) ? [index + 1] : []));
    if (places.length > 1)
      throw invalid(
        file,
        `row 1, column ${name}: the header has it ${places.length} times (columns ${places.join(", ")}), and nothing says which one counts. Export the report again with one of them.`,
        "UNREADABLE_FILE",
      );
  }
};

const OTHER_DELIMITERS: Readonly<Record<string, string>> = { ";": "semicolons", "\t": "tabs", "|": "bars" };

/** What stands between the fields of a header that has no comma, in words. */
const delimiterOf = (columns: readonly SourceColumn[]): string | undefined =>
  Object.entries(OTHER_DELIMITERS).find(([sign]) => columns.length === 1 && columns[0]?.name.includes(sign))?.[1];

/**
 * Recognises the format of a cost file by its header, and by what its manifest announces where the header leaves it open. Throws an invalid
 * Problem that names the file and every missing column when it is none of the three, or the column that is there twice.
 */
export const recogniseFormat = (file: string, columns: readonly SourceColumn[], announced?: CurFormat): CurFormat => {
  const find = columnFinder(columns);
  const missingCur = missingFrom(find, REQUIRED_CUR);
  const missingFocus = missingFrom(find, REQUIRED_FOCUS);
  if (missingCur.length === 0) {
    assertOnce(file, columns, [...REQUIRED_CUR, ...CUR_AMOUNTS]);
    return curFormat(columns, announced);
  }
  if (missingFocus.length === 0) {
    assertOnce(file, columns, [...REQUIRED_FOCUS, ...FOCUS_AMOUNTS]);
    return "focus";
  }
  const isNearCur = REQUIRED_CUR.length - missingCur.length >= REQUIRED_FOCUS.length - missingFocus.length;
  const isNeither = missingCur.length === REQUIRED_CUR.length && missingFocus.length === REQUIRED_FOCUS.length;
  const [kind, missing] = isNearCur ? ["Cost and Usage Report", missingCur] : ["FOCUS export", missingFocus];
  const delimiter = delimiterOf(columns);
  throw invalid(
    file,
    isNeither
      ? `this is no Cost and Usage Report and no FOCUS export: its header, row 1, has none of ${[...REQUIRED_CUR, ...REQUIRED_FOCUS].join(", ")}. ${delimiter === undefined ? "Import the file as AWS delivers it." : `Its fields seem to be separated by ${delimiter}: save it with commas.`}`
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

/** Whether a manifest is of another kind of report than its file: it lists columns, and none without which a line cannot be placed or priced. */
export const isForeign = (manifestColumns: readonly string[], format: CurFormat): boolean => {
  const listed = new Set(manifestColumns.map(squash));
  const required = format === "focus" ? REQUIRED_FOCUS : REQUIRED_CUR;
  return listed.size > 0 && !required.some((name) => listed.has(squash(name)));
};
