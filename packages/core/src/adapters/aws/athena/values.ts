import type { ColumnInfo, Row } from "@aws-sdk/client-athena";
import type { LakeRow, LakeValue } from "../../../ports/index.ts";

const NUMBERS = new Set(["tinyint", "smallint", "integer", "double", "float", "real"]);

/** A value as the port gives it: what could lose digits stays text, and an instant on a whole second has no fraction. */
const valueOf = (text: string | undefined, type: string): LakeValue => {
  if (text === undefined) return null;
  if (type === "boolean") return text === "true";
  if (NUMBERS.has(type)) return Number(text);
  return type === "timestamp" ? text.replace(/\.0+$/, "") : text;
};

/** Rows of one page of an answer. */
export const rowsOf = (rows: readonly Row[], columns: readonly ColumnInfo[]): LakeRow[] =>
  rows.map(({ Data: data = [] }) =>
    Object.fromEntries(
      columns.map((column, index) => [column.Name ?? "", valueOf(data[index]?.VarCharValue, column.Type ?? "")]),
    ),
  );
