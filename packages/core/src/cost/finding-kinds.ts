import { quote } from "./expressions.ts";

export type FindingSeverity = "warning" | "quarantine";

/** What an evidence query may ask about. */
export interface EvidenceOf {
  readonly file: string;
  readonly column?: string | undefined;
  /** The line item type, payer, product or day that the finding is about. */
  readonly subject?: string | undefined;
}

interface FindingKind {
  /** What it means for the delivery unless the policy says otherwise. */
  readonly severity: FindingSeverity;
  /** What to do about it. */
  readonly advice: string;
  /** A SELECT over the delivery's lines (`fact_cost_raw`) that shows what the finding rests on. */
  readonly evidence: (of: EvidenceOf) => string;
}

const LINE = `source_file, source_row, identity_line_item_id, identity_time_interval, usage_date, line_item_line_item_type, line_item_product_code,
  line_item_usage_type, line_item_usage_account_id, bill_payer_account_id, bill_invoice_id, line_item_currency_code, line_item_unblended_cost,
  issue_column, issue_text`;

const linesWhere = (condition: string): string =>
  `select ${LINE}\nfrom fact_cost_raw\nwhere ${condition}\norder by source_digest, source_row`;
const grouped = (names: string, condition = "not is_split"): string =>
  `select ${names}, count(*) as line_count, min(source_row) as first_row, max(source_row) as last_row, sum(line_item_unblended_cost) as unblended_cost\nfrom fact_cost_raw\nwhere ${condition}\ngroup by ${names}\norder by ${names}`;

const files = (): string => grouped("source_file", "true");
const issues =
  (code: string) =>
  ({ file, column }: EvidenceOf): string =>
    linesWhere(
      [
        `issue_code = ${quote(code)}`,
        `source_file = ${quote(file)}`,
        ...(column === undefined ? [] : [`issue_column = ${quote(column)}`]),
      ].join(" and "),
    );
const bySubject =
  (expression: string) =>
  ({ subject }: EvidenceOf): string =>
    linesWhere(`not is_split and ${expression} = ${quote(subject ?? "")}`);
const days = (): string => grouped("usage_date", "not is_split and line_item_line_item_type = 'Usage'");
const payers = (): string => grouped("bill_payer_account_id, line_item_currency_code");
const identity = ({ subject }: EvidenceOf): string =>
  `select line_item_line_item_type, count(*) as line_count, sum(line_item_unblended_cost) as unblended_cost, sum(amortized_cost) as amortized_cost,
  sum(upfront_purchase) as upfront_purchases, -sum(amortized_upfront) as true_up\nfrom fact_cost_raw\nwhere not is_split and coalesce(bill_payer_account_id, '') = ${quote(subject ?? "")}\ngroup by line_item_line_item_type\norder by line_item_line_item_type`;
const duplicates = (): string =>
  `select identity_line_item_id, identity_time_interval, count(*) as line_count, min(source_row) as first_row, sum(line_item_unblended_cost) as unblended_cost\nfrom fact_cost_raw\nwhere identity_line_item_id is not null and not is_split\ngroup by identity_line_item_id, identity_time_interval\nhaving count(*) > 1\norder by first_row`;

const FETCH_AGAIN = "Fetch the whole delivery again and import it; accept it only when AWS delivers nothing better.";
const COMPARE = "Compare with the delivery that it replaces, and with AWS's console, before the period is billed.";

/** Every check of a delivery by its code, which a machine can act on. */
export const FINDING_KINDS = {
  no_rows: {
    severity: "quarantine",
    advice: "Fetch the delivery again: it holds a header and no line.",
    evidence: files,
  },
  missing_file: { severity: "quarantine", advice: FETCH_AGAIN, evidence: files },
  truncated_file: { severity: "quarantine", advice: FETCH_AGAIN, evidence: files },
  lines_lost: { severity: "quarantine", advice: FETCH_AGAIN, evidence: files },
  unparsable_amount: {
    severity: "quarantine",
    advice: "Fetch the file again. Accepting it counts the unreadable amounts as 0.",
    evidence: issues("unparsable_amount"),
  },
  unparsable_date: {
    severity: "quarantine",
    advice:
      "Fetch the file again. Accepting it places the lines on the first day of their period; lines without a period are left out.",
    evidence: issues("unparsable_date"),
  },
  no_payer: {
    severity: "warning",
    advice: "Nothing to do where one organisation pays all: the next delivery of the period takes this one's place.",
    evidence: issues("no_payer"),
  },
  unnamed_payer: {
    severity: "quarantine",
    advice:
      "Fetch the file again with its payer account. Accepting it puts it in the place of all that counts for the period.",
    evidence: issues("no_payer"),
  },
  wrong_period: {
    severity: "quarantine",
    advice:
      "Check that the files lie under the right period. Accepting it lets every line count in the period that it names.",
    evidence: () => grouped("billing_period, source_file", "true"),
  },
  mixed_formats: {
    severity: "quarantine",
    advice: "Import the files of each format apart: the same cost may stand in both.",
    evidence: files,
  },
  several_currencies: {
    severity: "warning",
    advice:
      "Nothing to do: each currency has its own totals and its own identity. Name the currency in questions about the period.",
    evidence: payers,
  },
  no_currency: {
    severity: "quarantine",
    advice:
      "Fetch the file again. Accepting it counts lines without a currency in the one that most lines of the period have, and an unknown currency as XXX.",
    evidence: () => grouped("line_item_currency_code, source_file", "line_item_unblended_cost <> 0"),
  },
  foreign_manifest: {
    severity: "quarantine",
    advice: "Put the file beside its own manifest, or import it without one.",
    evidence: files,
  },
  broken_manifest: {
    severity: "quarantine",
    advice:
      "Fetch the manifest again: it says which files make the delivery. Accept it, or remove the manifest, where the files are all there.",
    evidence: files,
  },
  repeated_file: {
    severity: "warning",
    advice: "Remove the copy: the same bytes count once.",
    evidence: files,
  },
  unlisted_file: { severity: "warning", advice: "Remove the file, or import it alone.", evidence: files },
  renamed_files: {
    severity: "warning",
    advice: "Keep the names that AWS gave: they bind files to their manifest.",
    evidence: files,
  },
  older_delivery: {
    severity: "warning",
    advice: "Nothing to do: the newest delivery counts, and the older one stays readable under its id.",
    evidence: files,
  },
  other_lines: {
    severity: "quarantine",
    advice:
      "Import parts of one month together: in one folder, under names that differ in a number only, or with their manifest. Accept it where it does take the other's place.",
    evidence: files,
  },
  older_manifest: {
    severity: "warning",
    advice: "AWS writes the manifest last: wait for the next manifest, or import again when the delivery is whole.",
    evidence: files,
  },
  header_differs: {
    severity: "warning",
    advice: "The header of the file counts. Check that the export was not changed midway.",
    evidence: files,
  },
  several_periods: {
    severity: "warning",
    advice: "Nothing to do: each billing period in the file replaces its own.",
    evidence: () => grouped("billing_period, source_file", "true"),
  },
  missing_column: {
    severity: "warning",
    advice: "Add the columns to the export; until then bill on the unblended basis.",
    evidence: bySubject("line_item_line_item_type"),
  },
  schema_drift: {
    severity: "warning",
    advice: "Put the columns back into the export, or accept that they are gone.",
    evidence: files,
  },
  columns_added: {
    severity: "warning",
    advice: "Nothing to do: what new columns hold is kept beside the lines, and GET /cost/lines shows it.",
    evidence: files,
  },
  short_row: { severity: "warning", advice: FETCH_AGAIN, evidence: issues("short_row") },
  blank_cost: {
    severity: "warning",
    advice: "Check the lines with AWS: a line without a cost counts as 0.",
    evidence: issues("blank_cost"),
  },
  unknown_line_type: {
    severity: "warning",
    advice: "The cost stays with the operator. Report the type, so that it gets a rule.",
    evidence: bySubject("coalesce(line_item_line_item_type, '')"),
  },
  duplicate_lines: {
    severity: "warning",
    advice: "AWS repeats ids at times and every line counts. Look whether the same charge stands there twice.",
    evidence: duplicates,
  },
  split_cost_rows: {
    severity: "warning",
    advice: "Nothing to do: these lines restate others and are in no total.",
    evidence: () => linesWhere("is_split"),
  },
  other_provider: { severity: "warning", advice: "The cost stays with the operator.", evidence: bySubject("provider") },
  payer_missing: { severity: "warning", advice: COMPARE, evidence: payers },
  currency_missing: { severity: "warning", advice: COMPARE, evidence: payers },
  another_payer: {
    severity: "warning",
    advice: "Nothing to do where both organisations are yours: their costs add up.",
    evidence: payers,
  },
  new_payer: {
    severity: "warning",
    advice: "Check that the payer account belongs to you: the month before had no cost of it.",
    evidence: bySubject("bill_payer_account_id"),
  },
  new_currency: {
    severity: "warning",
    advice: "Check the payment currency of the payer account in AWS.",
    evidence: payers,
  },
  new_product: {
    severity: "warning",
    advice: "Check that an allocation rule takes the product: the month before had no cost of it.",
    evidence: bySubject("line_item_product_code"),
  },
  identity_open: {
    severity: "warning",
    advice: "Nothing is issued on it. Add the commitment columns to the export, or take the difference up with AWS.",
    evidence: identity,
  },
  outside_period: {
    severity: "warning",
    advice:
      "Compare with AWS's bill: late usage is billed in a later month at times, and a whole month of other days is another month's report.",
    evidence: days,
  },
  missing_days: { severity: "warning", advice: COMPARE, evidence: days },
  day_out_of_line: { severity: "warning", advice: COMPARE, evidence: days },
  day_cost_out_of_line: { severity: "warning", advice: COMPARE, evidence: days },
  fewer_rows: { severity: "warning", advice: COMPARE, evidence: files },
  smaller_files: { severity: "warning", advice: COMPARE, evidence: files },
  invoice_ids_missing: {
    severity: "warning",
    advice: "Wait for the final delivery: AWS has not invoiced these lines yet.",
    evidence: () => linesWhere("not is_split and line_item_unblended_cost <> 0 and bill_invoice_id is null"),
  },
  duplicate_delivery: { severity: "warning", advice: "Nothing to do: the same bytes count once.", evidence: files },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof FINDING_KINDS;
export const FINDING_CODES = Object.keys(FINDING_KINDS) as readonly FindingCode[];
export const isFindingCode = (text: string): text is FindingCode => Object.hasOwn(FINDING_KINDS, text);

/** Without a line there is nothing that could count, whatever a policy says. */
export const ALWAYS_QUARANTINES: readonly FindingCode[] = ["no_rows"];
