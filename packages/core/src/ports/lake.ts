/** A value of a query row: decimals and big integers come as text, so that nothing is lost. */
export type LakeValue = string | number | boolean | null;

/**
 * The analytical engine over columnar files: embedded on one machine, Athena in AWS.
 * Query texts are written for both (see the cost room); parameters are bound, never spliced.
 */
export interface Lake {
  /** Rows of a SELECT. `tables` names the Parquet files that each table name in the text stands for. */
  query<T extends Record<string, LakeValue>>(
    text: string,
    options: {
      readonly tables: Readonly<Record<string, readonly string[]>>;
      readonly parameters?: readonly LakeValue[];
    },
  ): Promise<T[]>;
  /** Writes the rows of a SELECT over a raw file to a Parquet file, and says how many there were. */
  convert(request: { readonly select: string; readonly target: string }): Promise<{ rows: number }>;
  close(): Promise<void>;
}
