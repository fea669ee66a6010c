import { addDays, type Day, daysIn, endExclusive, type Month, monthPeriod, startOfDay } from "../time/index.ts";
import { costText, type CurCells, curLine } from "./cur-row.ts";
import type { Random } from "./random.ts";
import { PAYER } from "./resources.ts";

export const SAVINGS_PLAN = `arn:aws:savingsplans::${PAYER}:savingsplan/5f0c1d2e`;
export const RESERVATION = `arn:aws:ec2:us-east-1:${PAYER}:reserved-instances/9a8b7c6d`;
/** Rows that come once a month. */
export const SPECIAL_ROWS = 40;

/** The time that a line covers. */
export interface Step {
  readonly start: string;
  readonly end: string;
}

export const stamp = (instant: Date): string => instant.toISOString();

/** Sums that the month's special rows are made from, in 1e-10 USD. */
export interface Sums {
  commitmentUsed: bigint;
  reservedUpfront: bigint;
  reservedRecurring: bigint;
}

interface Special {
  readonly type: string;
  readonly service: string;
  readonly usageType: string;
  readonly cost: bigint;
  readonly step: Step;
  readonly more?: CurCells;
}

export const specialLine = (special: Special, bill: CurCells, id: string): string =>
  curLine({
    ...bill,
    identity_line_item_id: id,
    identity_time_interval: `${special.step.start.slice(0, 19)}Z/${special.step.end.slice(0, 19)}Z`,
    line_item_usage_account_id: PAYER,
    line_item_line_item_type: special.type,
    line_item_usage_start_date: special.step.start,
    line_item_usage_end_date: special.step.end,
    line_item_product_code: special.service,
    product_servicecode: special.service,
    line_item_usage_type: special.usageType,
    line_item_usage_amount: "1.0",
    line_item_unblended_cost: costText(special.cost),
    line_item_net_unblended_cost: costText(special.cost),
    line_item_line_item_description: `${special.type} ${special.service}`,
    resource_tags: "{}",
    ...special.more,
  });

/** The Savings Plan's two rows of a step: what covered lines cost at list price is taken back, and the commitment is charged. */
export const savingsPlanRows = (step: Step, covered: bigint, used: bigint): Special[] => {
  const commitment = (used * 105n) / 100n;
  const plan = { savings_plan_savings_plan_a_r_n: SAVINGS_PLAN };
  return [
    {
      type: "SavingsPlanNegation",
      service: "AmazonEC2",
      usageType: "BoxUsage:c5.xlarge",
      cost: -covered,
      step,
      more: plan,
    },
    {
      type: "SavingsPlanRecurringFee",
      service: "ComputeSavingsPlans",
      usageType: "ComputeSP:1yrNoUpfront",
      cost: commitment,
      step,
      more: {
        ...plan,
        savings_plan_total_commitment_to_date: costText(commitment),
        savings_plan_used_commitment: costText(used),
      },
    },
  ];
};

const CENT = 100_000_000n;

/** The reservation's monthly fee and the purchase of a further one. */
const reservationRows = (whole: Step, sums: Sums): Special[] => {
  const [unusedUpfront, unusedRecurring] = [1450n * CENT, 3625n * CENT];
  const reservation = { reservation_reservation_a_r_n: RESERVATION };
  const usage = { service: "AmazonEC2", usageType: "HeavyUsage:m6g.2xlarge", step: whole };
  return [
    {
      ...usage,
      type: "RIFee",
      cost: sums.reservedRecurring + unusedRecurring,
      more: {
        ...reservation,
        reservation_amortized_upfront_fee_for_billing_period: costText(sums.reservedUpfront + unusedUpfront),
        reservation_unused_amortized_upfront_fee_for_billing_period: costText(unusedUpfront),
        reservation_unused_recurring_fee: costText(unusedRecurring),
      },
    },
    { ...usage, type: "Fee", cost: 144_000n * CENT, more: reservation },
  ];
};

const SERVICES: readonly [string, ...string[]] = [
  "AmazonEC2",
  "AmazonS3",
  "AWSLambda",
  "AmazonRDS",
  "AmazonCloudWatch",
];

/** Rows that come once a month: reservation, support, a refund, a discount, taxes and credits. */
export const monthlyRows = (month: Month, sums: Sums, random: Random): Special[] => {
  const period = monthPeriod(month);
  const whole = { start: stamp(startOfDay(period.start)), end: stamp(startOfDay(endExclusive(period))) };
  const dayStep = (day: Day): Step => ({ start: stamp(startOfDay(day)), end: stamp(startOfDay(addDays(day, 1))) });
  const cents = (low: number, high: number): bigint => BigInt(random.between(low, high)) * CENT;
  const ec2 = { service: "AmazonEC2", step: whole };
  const rows: Special[] = [
    ...reservationRows(whole, sums),
    { type: "Fee", service: "AWSSupportBusiness", usageType: "Dollar", cost: cents(9_000, 13_000), step: whole },
    { ...ec2, type: "Refund", usageType: "NatGateway-Bytes", cost: -cents(500, 5_000) },
    {
      ...ec2,
      type: "EdpDiscount",
      usageType: "Discount",
      cost: -cents(10_000, 20_000),
      more: { line_item_net_unblended_cost: "0.0" },
    },
  ];
  for (let index = rows.length; index < SPECIAL_ROWS; index += 1) {
    const step = dayStep(addDays(period.start, random.below(daysIn(period))));
    const service = random.pick(SERVICES);
    const amount = cents(10, 400);
    rows.push(
      index % 2 === 0
        ? { type: "Tax", service, usageType: "", cost: amount, step: whole }
        : { type: "Credit", service, usageType: "BoxUsage", cost: -amount, step },
    );
  }
  return rows;
};
