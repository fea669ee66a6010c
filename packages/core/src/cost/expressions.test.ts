import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openNormaliser } from "../../testing/cost-lines.ts";
import { cur2Csv } from "../../testing/cur.ts";

let lines: Awaited<ReturnType<typeof openNormaliser>>;
beforeAll(async () => {
  lines = await openNormaliser();
});
afterAll(() => lines.close());

test.each([
  ["0.0235971692316145", "0.023597169232"],
  ["-0.0000000000005", "-0.000000000001"],
  ["0.00000000000049", "0.000000000000"],
  ["1.0E-7", "0.000000100000"],
  ["-7.0E-10", "-0.000000000700"],
  ["5e-13", "0.000000000001"],
  ["12345678901234567890.5", "12345678901234567890.500000000000"],
  ["999999.9999999999996", "1000000.000000000000"],
  ["-1000000.1", "-1000000.100000000000"],
  [" 0.5 ", "0.500000000000"],
  ["0.0", "0.000000000000"],
])("the cost %s is read from its text as %s, half away from zero", async (text, expected) => {
  const [row] = await lines.normalise(cur2Csv([{ line_item_unblended_cost: text }]));
  expect(row).toMatchObject({ line_item_unblended_cost: expected, issue_code: null });
});

/** Half away from zero at 12 decimals, on the digits themselves. */
const rounded = (sign: string, whole: string, decimals: string): string => {
  const kept = BigInt(whole + decimals.padEnd(13, "0").slice(0, 12));
  const digits = (kept + (Number(decimals[12] ?? 0) >= 5 ? 1n : 0n)).toString().padStart(13, "0");
  const text = `${digits.slice(0, -12)}.${digits.slice(-12)}`;
  return /[1-9]/.test(text) ? sign + text : text;
};

test("any decimal is read digit for digit, and rounded half away from zero at the twelfth", async () => {
  const digits = (least: number, most: number) =>
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: least, maxLength: most }).map((each) => each.join(""));
  const amount = fc.record({
    sign: fc.constantFrom("", "-"),
    whole: digits(1, 20).map((text) => text.replace(/^0+(?=.)/, "")),
    decimals: digits(1, 17),
  });
  const samples = fc.sample(amount, { numRuns: 3000, seed: 7 });
  const rows = await lines.normalise(
    cur2Csv(samples.map(({ sign, whole, decimals }) => ({ line_item_unblended_cost: `${sign}${whole}.${decimals}` }))),
  );
  expect(rows.map((row) => row["line_item_unblended_cost"])).toEqual(
    samples.map(({ sign, whole, decimals }) => rounded(sign, whole, decimals)),
  );
});

test.each([
  ["  TEN-9", "TEN-9"],
  ["TEN-9 ", "TEN-9"],
  ["\u00a0TEN-9\u00a0", "TEN-9"],
  ["   ", null],
  ["TEN 9", "TEN 9"],
  ["\u00c9cole", "\u00c9cole"],
])("blanks around a text go and those within it stay: %j", async (text, expected) => {
  const rows = await lines.normalise(cur2Csv([{ line_item_resource_id: text }]));
  expect(rows).toMatchObject([{ line_item_resource_id: expected }]);
});

test.each([
  "2026-06-03T07:00:00.000Z",
  "2026-06-03T07:00:00Z",
  "2026-06-03 07:00:00",
  "2026-06-03T07:00:00+00:00",
  "2026-06-03T07:00:00+0000",
  "2026-06-03 07:00:00.000000000",
  "2026-06-03T07:00Z",
  "2026-06-03 07:00",
  "2026/06/03 07:00:00",
  "2026-06-03 07:00:00.000 UTC",
  "2026-6-3 7:00",
])("%s is the same hour in every spelling of UTC", async (text) => {
  const rows = await lines.normalise(cur2Csv([{ line_item_usage_start_date: text }]));
  expect(rows).toMatchObject([{ line_item_usage_start_date: "2026-06-03 07:00:00", issue_code: null }]);
});

test("the period is read from the instant, so that no spelling of it leaves a line without one", async () => {
  const texts = ["2026-06-01T00:00:00.000Z", "2026/06/01 00:00:00", "2026-06-01", "2026-06-01T00:00Z"];
  const rows = await lines.normalise(cur2Csv(texts.map((text) => ({ bill_billing_period_start_date: text }))));
  expect(rows.map((row) => [row["billing_period"], row["issue_code"]])).toEqual(texts.map(() => ["2026-06", null]));
});

test.each(["123456789012345678901", "1e20", "-9e25", "0x10", "1,234.5", "1_000", "NaN", "(1.5)"])(
  "%s is no amount: the line is marked with its column, and the sums keep their room",
  async (text) => {
    const [row] = await lines.normalise(cur2Csv([{ line_item_unblended_cost: text }]));
    expect(row).toMatchObject({
      line_item_unblended_cost: "0.000000000000",
      issue_code: "unparsable_amount",
      issue_column: "line_item_unblended_cost",
      issue_text: text,
    });
  },
);

test("account ids keep their leading zeros, dates are UTC, and the place of a line is its file and row", async () => {
  const [, second] = await lines.normalise(cur2Csv([{}, { line_item_usage_account_id: "000000000042" }]));
  expect(second).toMatchObject({
    line_item_usage_account_id: "000000000042",
    billing_period: "2026-06",
    usage_date: "2026-06-03",
    source_row: "3",
  });
});

test.each([
  "2026-06-03T00:00:00+02:00",
  "03/06/2026",
  "2026-02-30 00:00:00",
  "2026-06-03T25:00:00.000Z",
  "2026-06-03T00:00:00.500Z",
  "2026-06-03 00:00+02",
  "-2026-06-03",
  "12026-06-03",
  "26-06-03",
  "2026-06-03 (BC)",
  "2026 06 03",
  "epoch",
  "infinity",
  "",
])("%j is no UTC date: the line is marked, and never read as another day", async (text) => {
  const [row] = await lines.normalise(cur2Csv([{ line_item_usage_start_date: text }]));
  expect(row).toMatchObject({
    usage_date: null,
    issue_code: "unparsable_date",
    issue_column: "line_item_usage_start_date",
  });
});
