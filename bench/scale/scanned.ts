import { DuckDBInstance } from "@duckdb/node-api";
import { z } from "zod";
import { CANONICAL_NAMES } from "../../packages/core/src/cost/canonical.ts";
import {
  CONTENTS,
  DAILY,
  DUPLICATES,
  FACTS,
  ISSUES,
  linesQuery,
  OTHER_PROVIDERS,
  UNKNOWN_TYPES,
} from "../../packages/core/src/cost/queries.ts";
import { report } from "../measure.ts";

/** How many bytes of a columnar copy each of the product's query texts reads: the column chunks that it names, as they are packed. */
const IMPORT = {
  "what each file holds": CONTENTS,
  "what is wrong with lines": ISSUES,
  "facts of the delivery": FACTS,
  "unknown line types": UNKNOWN_TYPES,
  "other providers": OTHER_PROVIDERS,
  "lines that come twice": DUPLICATES,
  "daily cost": DAILY,
};
const DRILL_DOWN = linesQuery(
  { exactly: { tenant: "t", service: "s" }, from: "2026-06-01", to: "2026-06-01", haveDays: true },
  51,
).text;

const chunks = z.array(z.object({ name: z.string(), bytes: z.coerce.number() }));
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const files = process.argv
  .slice(2)
  .map((path) => `'${path}'`)
  .join(", ");
const reader = await connection.runAndReadAll(
  `select path_in_schema as name, sum(total_compressed_size)::bigint as bytes from parquet_metadata([${files}]) group by all`,
);
const bytesOf = new Map(chunks.parse(reader.getRowObjectsJson()).map(({ name, bytes }) => [name, bytes]));
const scanned = (text: string): number =>
  CANONICAL_NAMES.filter((name) => new RegExp(`\\b${name}\\b`).test(text)).reduce(
    (sum, name) => sum + (bytesOf.get(name) ?? 0),
    0,
  );
report({
  import: Object.fromEntries(Object.entries(IMPORT).map(([name, text]) => [name, scanned(text)])),
  drillDown: scanned(DRILL_DOWN),
});
