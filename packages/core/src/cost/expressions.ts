import type { ColumnFinder, SourceColumn } from "./columns.ts";

/** A text in a query. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const NULL_TEXT = "cast(null as varchar)";
const ZERO = "cast(0 as decimal(38,12))";

/**
 * How the values of one raw file are said in SQL. Each value is worked out once, in a stage of its own, and named after that:
 * the engine would work it out again wherever it is used.
 */
export interface Reading {
  /** The column's text, NULL when blank or when the file has no such column (the first of several names that has a value). */
  readonly text: (...names: readonly string[]) => string;
  /** The amount, rounded to 12 decimals half away from zero as the engine's cast from text does; 0 when blank. */
  readonly amount: (name: string) => string;
  /** The amount, NULL when blank or when the file has no such column. */
  readonly optionalAmount: (name: string) => string;
  /** The instant, NULL when it is none or not in UTC. */
  readonly timestamp: (name: string) => string;
  /**
   * The value of a key of a map column: a real map in Parquet, JSON text in CSV. NULL when the key is not there, '' when its value is blank.
   * A key that is likely to be there is read at once; any other is looked for in the text before that is taken apart.
   */
  readonly mapValue: (column: SourceColumn, key: string, isLikely: boolean) => string;
  /** True where the row has no such field at all (not where it is blank). */
  readonly rawIsNull: (column: SourceColumn) => string;
  /** Names a condition that is used more than once. */
  readonly condition: (name: string, sql: string) => string;
  /** The SELECT of the given items over everything named so far. */
  readonly select: (items: readonly string[]) => string;
}

/** Ten signs before the T, as AWS writes a day. */
const hasDay = (text: string): string => `strpos(${text}, 'T') = 11`;

/** The month of an instant, from the instant itself where its text spells it otherwise than usual. */
export const monthOf = (instant: string, text: string): string =>
  `case when ${instant} is null then null when ${hasDay(text)} and strpos(${text}, '-') = 5 then substr(${text}, 1, 7) else substr(cast(${instant} as varchar), 1, 7) end`;

/**
 * UTC instants only: another offset is not silently read as UTC, and nothing but digits in the shape of a date is read as one, as engines know
 * more texts ("epoch", years before Christ). The two ways in which AWS writes a time are tried first, for a fraction of what any other takes.
 */
const ZONE = "(Z|[+-]00(:?00)?| UTC)$";
const SHAPE = `^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.]0{1,9})?)?)?${ZONE.replace("$", "?$")}`;
const timestampOf = (text: string): string => {
  const isUsual = `(length(${text}) = 24 and ${text} like '%.000Z' or length(${text}) = 20 and ${text} like '%Z') and ${hasDay(text)}`;
  const usual = `cast(try(from_iso8601_timestamp(${text})) as timestamp)`;
  const other = `try_cast(replace(substr(regexp_replace(${text}, ${quote(ZONE)}, ''), 1, 19), 'T', ' ') as timestamp)`;
  return `case when ${isUsual} then ${usual} when regexp_replace(${text}, ${quote(SHAPE)}, '') = '' then ${other} end`;
};

/** Digits before the point that an amount may have: what is longer is no amount, and would leave the sums no room. */
export const WHOLE_DIGITS = 20;
const WIDEST = `decimal(${WHOLE_DIGITS + 12},12)`;

/**
 * An amount's text to 12 decimals, half away from zero. With an exponent that reaches below the target's decimals the engine's cast
 * rounds the last digit alone (5E-14 becomes 1E-12), so such texts are read with more decimals first, as many as their size leaves.
 * What fits into 18 digits is read through them: a tenth of the work of 38, digit for digit the same.
 */
const amountOf = (text: string): string => {
  const through = (decimals: number): string =>
    `cast(round(try_cast(${text} as decimal(38,${decimals})), 12) as decimal(38,12))`;
  const short = `cast(try_cast(${text} as decimal(18,12)) as decimal(38,12))`;
  const direct = `cast(try_cast(${text} as ${WIDEST}) as decimal(38,12))`;
  // An engine that reads 1_000 as a number reads more than a decimal.
  const hasSeparator = `strpos(${text}, '_') > 0`;
  const hasExponent = `${text} like '%e%' or ${text} like '%E%'`;
  return `case when ${text} is null then null when ${text} in ('0.0', '0', '0.0000000000') then ${ZERO} when ${hasSeparator} then null when ${hasExponent} then coalesce(${through(30)}, ${through(20)}, ${direct}) else coalesce(${short}, ${direct}) end`;
};

/** Blanks around a text go, and what is blank is none. Few texts begin or end like one: only those are looked at sign by sign. */
const trimmed = (raw: string): string =>
  `case when ${raw} = '' then null when ${raw} < '!' or ${raw} > '~' or ${raw} like '% ' or ${raw} like '%\u00a0' then nullif(trim(${raw}), '') else ${raw} end`;

const MAP = /^MAP\(/;
/** What some writers make of a map: a list of its entries, or a column with a field for each key. */
const ENTRIES = /^STRUCT\(.*\)\[\]$/;
const RECORD = /^STRUCT\(.*\)$/;

/** Types come in capitals; a field's name stands in quotes where it needs them. */
const hasField = (type: string, key: string): boolean =>
  ["(", ", "].some((before) =>
    [key.toUpperCase(), `"${key.toUpperCase()}"`].some((name) => type.includes(`${before}${name} `)),
  );

const mapExpression = (column: SourceColumn, key: string, isLikely: boolean): string => {
  const { reference, type } = column;
  const of = (map: string): string => `cast(element_at(${map}, ${quote(key)}) as varchar)`;
  if (MAP.test(type)) return of(reference);
  if (ENTRIES.test(type)) return of(`map_from_entries(${reference})`);
  if (RECORD.test(type)) return hasField(type, key) ? of(reference) : NULL_TEXT;
  const value = `try(json_extract_scalar(${reference}, ${quote(`$["${key}"]`)}))`;
  return isLikely ? value : `case when strpos(${reference}, ${quote(`"${key}"`)}) > 0 then ${value} end`;
};

export interface TextHabits {
  /** The texts beside '' that mean nothing ("NULL" in FOCUS samples). */
  readonly blanks: readonly string[];
  /** False where no text of the file begins or ends with a blank. */
  readonly mayBePadded: boolean;
}

/** Reads a file's columns. */
export const reading = (find: ColumnFinder, { blanks, mayBePadded }: TextHabits): Reading => {
  const texts = new Map<string, string>();
  const values = new Map<string, string>();
  const conditions = new Map<string, string>();
  const name = (stage: Map<string, string>, alias: string, sql: string): string => {
    stage.set(alias, sql);
    return alias;
  };
  const textOf = (column: SourceColumn): string => {
    const raw = column.type === "VARCHAR" ? column.reference : `cast(${column.reference} as varchar)`;
    const sql = blanks.reduce(
      (inner, blank) => `nullif(${inner}, ${quote(blank)})`,
      mayBePadded ? trimmed(raw) : `nullif(${raw}, '')`,
    );
    return name(texts, `t_${column.alias}`, sql);
  };
  const decimal = (column: SourceColumn): string => name(values, `d_${column.alias}`, amountOf(textOf(column)));
  const optionalAmount = (wanted: string): string => {
    const column = find(wanted);
    return column ? decimal(column) : "cast(null as decimal(38,12))";
  };
  const stage = (named: ReadonlyMap<string, string>, keep: string, from: string): string =>
    `select ${[keep, ...[...named].map(([alias, sql]) => `${sql} as ${alias}`)].join(", ")} from ${from}`;
  return {
    text: (...names) => firstOf(names.map((name) => find(name)).flatMap((column) => (column ? [textOf(column)] : []))),
    optionalAmount,
    amount: (wanted) => (find(wanted) ? `coalesce(${optionalAmount(wanted)}, ${ZERO})` : ZERO),
    timestamp: (wanted) => {
      const column = find(wanted);
      return column ? name(values, `s_${column.alias}`, timestampOf(textOf(column))) : "cast(null as timestamp)";
    },
    mapValue: (column, key, isLikely) =>
      name(
        texts,
        `m_${column.alias}_${key.replaceAll(/[^a-z]/gi, (sign) => `_${sign.charCodeAt(0)}`)}`,
        mapExpression(column, key, isLikely),
      ),
    rawIsNull: (column) => name(texts, `n_${column.alias}`, `${column.reference} is null`),
    condition: (alias, sql) => name(conditions, alias, sql),
    select: (items) => {
      const first = stage(texts, "engine_row", "source");
      const second = stage(values, "*", `(${first}) as texts`);
      const third = stage(conditions, "*", `(${second}) as valued`);
      return `select\n  ${items.join(",\n  ")}\nfrom (${third}) as lines`;
    },
  };
};

/** The first value that is there, as SQL. */
export const firstOf = (values: readonly string[]): string =>
  values.length === 0 ? NULL_TEXT : values.length === 1 ? (values[0] ?? NULL_TEXT) : `coalesce(${values.join(", ")})`;
