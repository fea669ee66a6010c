import { TrinoSQL } from "dt-sql-parser";

const grammar = new TrinoSQL();

/** Words that the grammar may read as names, but that only DuckDB takes. */
const FOREIGN = /\b(qualify|exclude|ilike|list_value|struct_pack|strptime|epoch|regexp_matches|string_split)\b|::/i;

/** What Athena would not take in a query text; nothing when it is written for both engines. */
export const athenaFaults = (text: string): string[] => [
  ...grammar.validate(text).map((fault) => `line ${fault.startLine}, column ${fault.startColumn}: ${fault.message}`),
  ...(FOREIGN.exec(text)
    ?.slice(0, 1)
    .map((word) => `${word} is DuckDB's own`) ?? []),
];
