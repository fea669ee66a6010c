import { type SourceColumn, squash } from "./columns.ts";
import type { CurFormat } from "./delivery.ts";
import { quote } from "./expressions.ts";

/** Of each format, the squashed names of the columns that its first delivery had. */
export type KnownColumns = ReadonlyMap<CurFormat, ReadonlySet<string>>;

/** A map or a structure has no text that both engines agree on; the raw file keeps it. */
const isPlain = ({ type }: SourceColumn): boolean => !/^(MAP|STRUCT|UNION|BLOB)|\[\d*\]$/.test(type);

/** Columns that came since the first delivery of a format; none where there was no delivery of it yet. */
export const addedColumns = (
  columns: readonly SourceColumn[],
  known: ReadonlySet<string> | undefined,
): readonly SourceColumn[] =>
  known === undefined
    ? []
    : columns.filter((column) => squash(column.name) !== "" && !known.has(squash(column.name)) && isPlain(column));

const escaped = (text: string): string =>
  [
    ["'\\'", "'\\\\'"],
    [`'"'`, `'\\"'`],
    ["chr(10)", "'\\n'"],
    ["chr(13)", "'\\r'"],
    ["chr(9)", "'\\t'"],
  ].reduce((sql, [from, to]) => `replace(${sql}, ${from}, ${to})`, text);

/** `"name":"value"`, or NULL where the value is blank. */
const member = ({ name, reference }: SourceColumn): string => {
  const text = `nullif(trim(cast(${reference} as varchar)), '')`;
  return `case when ${text} is not null then ${quote(`${JSON.stringify(name)}:"`)} || ${escaped(text)} || '"' end`;
};

/** The SELECT over a raw file that gives what its lines have in columns, as the members of a JSON object; lines without any are left out. */
export const addedSql = (columns: readonly SourceColumn[], digest: string): string =>
  `select source_digest, source_row, added from (
  select ${quote(digest)} as source_digest, engine_row as source_row, nullif(concat_ws(',', ${columns.map(member).join(", ")}), '') as added
  from source
) as lines where added is not null`;

/** The added columns of lines; `rows` question marks for their numbers in their file. */
export const addedOfRows = (rows: number): string =>
  `select source_digest, source_row, added from fact_cost_added where source_row in (${Array.from({ length: rows }, () => "?").join(", ")})`;

/** What `addedSql` wrote of one line, by the name of the column. */
export const readAdded = (text: string): Readonly<Record<string, string>> => {
  try {
    return JSON.parse(`{${text}}`) as Readonly<Record<string, string>>;
  } catch {
    // A control character in the file; as it stands it is still worth more than nothing.
    return { "": text };
  }
};
