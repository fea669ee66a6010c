import { type AsyncBuffer, parquetMetadataAsync, parquetSchema, type SchemaElement, type SchemaTree } from "hyparquet";
import { Problem } from "../../../kernel/index.ts";
import type { Column } from "./statement.ts";

const PHYSICAL: Readonly<Record<string, string>> = {
  BOOLEAN: "BOOLEAN",
  INT32: "INTEGER",
  INT64: "BIGINT",
  INT96: "TIMESTAMP",
  FLOAT: "FLOAT",
  DOUBLE: "DOUBLE",
};
const CONVERTED: Readonly<Record<string, string>> = {
  UTF8: "VARCHAR",
  ENUM: "VARCHAR",
  JSON: "VARCHAR",
  DATE: "DATE",
  TIMESTAMP_MILLIS: "TIMESTAMP",
  TIMESTAMP_MICROS: "TIMESTAMP",
  INT_8: "TINYINT",
  INT_16: "SMALLINT",
};
const LOGICAL: Readonly<Record<string, string>> = {
  STRING: "VARCHAR",
  ENUM: "VARCHAR",
  JSON: "VARCHAR",
  DATE: "DATE",
  TIMESTAMP: "TIMESTAMP",
};

const leafType = (element: SchemaElement): string => {
  const { logical_type: logical, converted_type: converted, type = "" } = element;
  if (logical?.type === "DECIMAL") return `DECIMAL(${logical.precision},${logical.scale})`;
  if (converted === "DECIMAL") return `DECIMAL(${element.precision ?? 0},${element.scale ?? 0})`;
  return LOGICAL[logical?.type ?? ""] ?? CONVERTED[converted ?? ""] ?? PHYSICAL[type] ?? "BLOB";
};

const typeOf = (tree: SchemaTree): string => {
  const { element, children } = tree;
  const [inner] = children;
  if (inner === undefined) return leafType(element);
  const isMap = element.converted_type === "MAP" || element.logical_type?.type === "MAP";
  const [key, value] = inner.children;
  if (isMap && key && value) return `MAP(${typeOf(key)}, ${typeOf(value)})`;
  return `STRUCT(${children.map((child) => `${child.element.name} ${typeOf(child)}`).join(", ")})`;
};

/** Column names and types of a Parquet file, from its footer alone. Throws an invalid Problem, with the name given, when it is none. */
export const parquetColumnsOf = async (file: AsyncBuffer, called: string): Promise<Column[]> => {
  try {
    const schema = parquetSchema(await parquetMetadataAsync(file));
    return schema.children.map((child) => ({ name: child.element.name, type: typeOf(child) }));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Problem("invalid", "UNREADABLE_FILE", `${called}: is no Parquet file that can be read (${reason})`, {
      cause,
      details: [{ field: called, reason }],
    });
  }
};
