/**
 * Names of columns in the wild: `lineItem/UnblendedCost`, `line_item_unblended_cost`, `savingsPlan/SavingsPlanARN` and
 * `savings_plan_savings_plan_a_r_n` are one name each once signs and case are gone.
 */
export const squash = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** One column of a raw file: its name there, and how a SELECT over the raw file says it. */
export interface SourceColumn {
  readonly name: string;
  readonly reference: string;
  /** A plain name for it in the stages of a query. */
  readonly alias: string;
  /** "VARCHAR" for every CSV column; what the file says for Parquet. */
  readonly type: string;
}

export const csvColumns = (header: readonly string[]): SourceColumn[] =>
  header.map((name, index) => ({ name, reference: `c${index + 1}`, alias: `c${index + 1}`, type: "VARCHAR" }));

export const parquetColumns = (columns: readonly { readonly name: string; readonly type: string }[]): SourceColumn[] =>
  columns.map(({ name, type }, index) => ({
    name,
    reference: `"${name.replaceAll('"', '""')}"`,
    alias: `c${index + 1}`,
    type,
  }));

/**
 * Finds columns by any of their spellings. A column that is spelled exactly as one of the names wins over a similar one: tag keys may differ in
 * no more than a sign or the case of a letter.
 */
export const columnFinder = (columns: readonly SourceColumn[]) => {
  const exact = new Map(columns.toReversed().map((column) => [column.name, column]));
  const similar = new Map(columns.toReversed().map((column) => [squash(column.name), column]));
  return (...names: readonly string[]): SourceColumn | undefined => {
    const spelled = names.find((name) => exact.has(name));
    if (spelled !== undefined) return exact.get(spelled);
    return names.map((name) => similar.get(squash(name))).find((column) => column !== undefined);
  };
};
export type ColumnFinder = ReturnType<typeof columnFinder>;
