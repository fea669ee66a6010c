import type { ColumnFinder, SourceColumn } from "./columns.ts";
import { quote, type Reading } from "./expressions.ts";

/** What may be wrong with one line. The first that applies is kept with the line. */
interface Issue {
  readonly when: string;
  readonly code: string;
  /** The column as its file calls it; "" for the whole row. */
  readonly column: string;
  readonly text: string;
}

export interface LineChecks {
  readonly read: Reading;
  readonly find: ColumnFinder;
  readonly dates: readonly string[];
  readonly amounts: readonly string[];
  /** The column that says whose bill it is; undefined where a format lets it be blank. */
  readonly payer: string | undefined;
  /** The columns whose blank is worth a word. */
  readonly costs: readonly string[];
  /** The last column of a CSV file: NULL when the row has fewer fields than the header. */
  readonly lastColumn: SourceColumn | undefined;
  /** SQL condition: the line restates others and may carry no cost. */
  readonly isSplit: string;
}

const issuesOf = ({ read, find, dates, amounts, payer, costs, lastColumn, isSplit }: LineChecks): Issue[] => {
  const nameOf = (name: string): string => find(name)?.name ?? name;
  const isShort = lastColumn && read.rawIsNull(lastColumn);
  return [
    ...dates.map((name) => ({
      when: `${read.timestamp(name)} is null`,
      code: "unparsable_date",
      column: nameOf(name),
      text: read.text(name),
    })),
    ...amounts
      .filter((name) => find(name))
      .map((name) => ({
        when: `${read.optionalAmount(name)} is null and ${read.text(name)} is not null`,
        code: "unparsable_amount",
        column: nameOf(name),
        text: read.text(name),
      })),
    ...(payer === undefined
      ? []
      : [{ when: `${read.text(payer)} is null`, code: "no_payer", column: nameOf(payer), text: "''" }]),
    ...(isShort ? [{ when: isShort, code: "short_row", column: "", text: "''" }] : []),
    ...costs.map((name) => ({
      when: `${read.text(name)} is null and not ${isSplit}`,
      code: "blank_cost",
      column: nameOf(name),
      text: "''",
    })),
  ];
};

/** Three expressions that name the first thing wrong with a line: code, column, and the text as it stands. */
export const issueColumns = (checks: LineChecks): { issue_code: string; issue_column: string; issue_text: string } => {
  const issues = issuesOf(checks);
  const number = checks.read.condition(
    "issue",
    `case ${issues.map((issue, index) => `when ${issue.when} then ${index + 1}`).join(" ")} end`,
  );
  // Most lines have none: one look says so for all three.
  const caseOf = (then: (issue: Issue) => string): string =>
    `case when ${number} is null then null ${issues.map((issue, index) => `when ${number} = ${index + 1} then ${then(issue)}`).join(" ")} end`;
  return {
    issue_code: caseOf((issue) => quote(issue.code)),
    issue_column: caseOf((issue) => quote(issue.column)),
    issue_text: caseOf((issue) => `substr(coalesce(${issue.text}, ''), 1, 80)`),
  };
};
