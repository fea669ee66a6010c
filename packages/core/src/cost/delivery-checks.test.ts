import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codesOf, curWorld } from "../../testing/cur-world.ts";
import { type Cells, cur2Csv } from "../../testing/cur.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import { FINDING_KINDS, type FindingCode } from "./finding-kinds.ts";
import { costFindings, costPartitions, findingEvidence, setCostPolicy } from "./index.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());
const as = (role: "platform_engineer" | "admin") => callAs(world, actorOf(role));

const PRODUCTS = ["AmazonEC2", "AmazonS3", "AmazonRDS"];

/** Three lines a day of a whole month, of two payers: as good as cost comes. */
const wholeMonth = (period: string): Cells[] =>
  Array.from({ length: 28 }, (_, index) => String(index + 1).padStart(2, "0")).flatMap((day) =>
    PRODUCTS.map((product, at) => ({
      identity_line_item_id: `${"x".repeat(600)}-${day}-${at}`,
      identity_time_interval: `${period}-${day}T00:00:00Z/${period}-${day}T01:00:00Z`,
      bill_payer_account_id: Number(day) % 7 === at ? "222222222222" : "111111111111",
      bill_billing_period_start_date: `${period}-01T00:00:00.000Z`,
      line_item_usage_start_date: `${period}-${day}T00:00:00.000Z`,
      line_item_product_code: product,
    })),
  );

const at = (lines: readonly Cells[], index: number, over: Cells): Cells[] =>
  lines.map((line, number) => (number === index ? { ...line, ...over } : line));
const onDay = (day: string) => (line: Cells) => line["line_item_usage_start_date"]?.slice(8, 10) === day;

interface Case {
  readonly code: FindingCode;
  /** One thing that is wrong. */
  readonly change: (lines: readonly Cells[]) => Cells[];
  /** Whether nothing was delivered for the month before it. */
  readonly isFirst?: boolean;
}

const CASES: readonly Case[] = [
  {
    code: "outside_period",
    change: (lines) => at(lines, 40, { line_item_usage_start_date: "1979-12-31T00:00:00.000Z" }),
  },
  { code: "missing_days", change: (lines) => lines.filter((line) => !onDay("10")(line)) },
  {
    code: "day_out_of_line",
    change: (lines) =>
      lines.flatMap((line) =>
        onDay("15")(line)
          ? Array.from({ length: 5 }, (_, part) => ({
              ...line,
              identity_line_item_id: `${line["identity_line_item_id"]}-${part}`,
              line_item_unblended_cost: "0.30",
              line_item_net_unblended_cost: "0.30",
            }))
          : [line],
      ),
  },
  {
    code: "day_cost_out_of_line",
    change: (lines) => lines.map((line) => (onDay("15")(line) ? { ...line, line_item_unblended_cost: "15" } : line)),
  },
  { code: "fewer_rows", change: (lines) => lines.filter((_, index) => index % 3 !== 1) },
  {
    code: "smaller_files",
    change: (lines) => lines.map((line, index) => ({ ...line, identity_line_item_id: `short-${index}` })),
  },
  {
    code: "payer_missing",
    change: (lines) => lines.map((line) => ({ ...line, bill_payer_account_id: "111111111111" })),
  },
  { code: "new_payer", change: (lines) => at(lines, 40, { bill_payer_account_id: "333333333333" }) },
  {
    code: "new_currency",
    isFirst: true,
    change: (lines) => lines.map((line) => ({ ...line, line_item_currency_code: "SEK" })),
  },
  { code: "new_product", change: (lines) => at(lines, 40, { line_item_product_code: "AmazonBraket" }) },
  { code: "invoice_ids_missing", change: (lines) => at(lines, 40, { bill_invoice_id: "" }) },
  { code: "unknown_line_type", change: (lines) => at(lines, 40, { line_item_line_item_type: "Novelty" }) },
  {
    code: "duplicate_lines",
    change: (lines) =>
      at(lines, 40, {
        identity_line_item_id: lines[37]?.["identity_line_item_id"] ?? "",
        identity_time_interval: lines[37]?.["identity_time_interval"] ?? "",
      }),
  },
  {
    code: "identity_open",
    change: (lines) =>
      at(lines, 40, { line_item_line_item_type: "SavingsPlanNegation", line_item_unblended_cost: "-1" }),
  },
  { code: "blank_cost", change: (lines) => at(lines, 40, { line_item_unblended_cost: "" }) },
  {
    code: "split_cost_rows",
    change: (lines) => [
      ...lines,
      { ...lines[40], identity_line_item_id: "pod", line_item_operation: "EKSPod-EC2", line_item_unblended_cost: "0" },
    ],
  },
];

let year = 1980;
/** A month before, the month as it should be, and then the month with one thing wrong. */
const wrongMonth = async ({ change, isFirst }: Case) => {
  // A year whose February has the days of the lines.
  year += year % 4 === 3 ? 2 : 1;
  const [before, period] = [`${year}-01`, `${year}-02`];
  const cur = await curWorld(world);
  await cur.importText(cur2Csv(wholeMonth(before)), "before.csv");
  const good = isFirst === true ? undefined : await cur.importText(cur2Csv(wholeMonth(period)), "good.csv");
  expect(good ? codesOf(good) : []).toEqual([]);
  const results = await cur.importText(cur2Csv(change(wholeMonth(period))), "wrong.csv");
  return { period, results, good: good?.[0] };
};

describe("what is wrong with a delivery", () => {
  test.each(CASES)("$code is found by itself, with what to do and the lines that it rests on", async (one) => {
    const { period, results } = await wrongMonth(one);
    expect(codesOf(results)).toEqual([one.code]);
    expect(results).toMatchObject([{ status: "active" }]);
    const { findings } = await costFindings.run(as("platform_engineer"), { period });
    const own = findings.filter((finding) => finding.delivery_id === results[0]?.delivery_id);
    const { severity, advice } = FINDING_KINDS[one.code];
    expect(own).toMatchObject([{ code: one.code, severity, advice, accepted: null }]);
    const evidence = await findingEvidence.run(as("platform_engineer"), { finding_id: own[0]?.finding_id ?? "" });
    expect(evidence.rows.length).toBeGreaterThan(0);
  });
});

describe("under a policy that quarantines it", () => {
  beforeAll(async () => {
    const severities = Object.fromEntries(CASES.map(({ code }) => [code, "quarantine" as const]));
    await setCostPolicy.run(as("admin"), { policy: { severities } });
  });
  test.each(CASES)("$code keeps its delivery out, and what was there goes on to count", async (one) => {
    const { period, results, good } = await wrongMonth(one);
    expect(results).toMatchObject([{ status: "quarantined", findings: [{ code: one.code, severity: "quarantine" }] }]);
    const { partitions } = await costPartitions.run(as("platform_engineer"), { period });
    const active = partitions.filter((partition) => partition.status === "active").map((each) => each.delivery_id);
    expect(active).toEqual(good ? [good.delivery_id] : []);
  });
});
