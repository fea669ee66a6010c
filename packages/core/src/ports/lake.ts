/** A value of a query row: decimals, big integers, dates and times come as text, so that nothing is lost. */
export type LakeValue = string | number | boolean | null;
export type LakeRow = Record<string, LakeValue>;

export interface LakeQuery {
  /** The locations (`Files.location`, or local paths) of the Parquet files that each table name in the text stands for. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Bound to the `?` of the text, in order; never spliced into it. */
  readonly parameters?: readonly LakeValue[];
}

/** A raw file at a location, before it has canonical columns. */
export type RawSource =
  /** Comma-separated with a header, plain or gzip (`isCompressed`). Columns are called c1, c2, ... and are text; a field that its row lacks is NULL, a blank one is ''. */
  | { readonly kind: "csv"; readonly path: string; readonly isCompressed: boolean; readonly width: number }
  | { readonly kind: "parquet"; readonly path: string };

/**
 * The analytical engine over columnar files: embedded on one machine, Athena in AWS.
 * Query texts are written for both: `element_at`, `json_extract_scalar`, `try_cast`; no text that one of them lacks.
 */
export interface Lake {
  /** Rows of a SELECT, all of them. */
  query<T extends LakeRow>(text: string, options: LakeQuery): Promise<T[]>;
  /** Rows of a SELECT in batches, for answers that do not fit in memory. */
  stream<T extends LakeRow>(text: string, options: LakeQuery): AsyncIterable<T[]>;
  /** Column names and types of a Parquet file, types in upper case ("VARCHAR", "MAP(VARCHAR, VARCHAR)"). Throws an invalid Problem, with the name given, when it is none. */
  describe(path: string, name?: string): Promise<{ name: string; type: string }[]>;
  /**
   * Writes the rows of a SELECT over `source` to a Parquet file, and says how many there were. Beside the columns of the raw file, `source` has
   * `engine_row`: the row's number in its file, where a header counts as row 1. Same input, same bytes. Throws an invalid Problem that
   * names the row when the file cannot be read.
   */
  convert(request: {
    readonly select: string;
    readonly source: RawSource;
    /** What to call the raw file in a message; its path when left out. */
    readonly name?: string;
    readonly target: string;
  }): Promise<{ rows: number }>;
  close(): Promise<void>;
}
