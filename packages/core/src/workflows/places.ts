/** Where ingestion looks for deliveries among the files; AWS delivers the cost report under the same prefix. */
export const COST_INBOX = "inbox/cur/";

/**
 * The columnar cost lines among the files: a folder for each billing month, which Athena works out from the month by itself (partition
 * projection), so that a file is found as soon as it is there. Months before AWS had prices, and far ones to come, hold none.
 */
export const COST_LAKE = {
  /** The canonical lines, and what lines have in columns that AWS added since. */
  tables: ["fact_cost_raw", "fact_cost_added"],
  partition: "billing_period",
  months: { from: "2006-01", to: "NOW+1YEARS" },
} as const;
export type LakeTable = (typeof COST_LAKE.tables)[number];

export const lakeFolder = (table: LakeTable): string => `lake/${table}/`;
