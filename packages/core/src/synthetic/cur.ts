import { daysIn, endExclusive, type Month, monthPeriod, startOfDay } from "../time/index.ts";
import { costText, type CurCells, curHeader, curLine } from "./cur-row.ts";
import {
  monthlyRows,
  RESERVATION,
  SAVINGS_PLAN,
  savingsPlanRows,
  SPECIAL_ROWS,
  specialLine,
  stamp,
  type Step,
  type Sums,
} from "./cur-specials.ts";
import { type Random, randomFrom } from "./random.ts";
import { makeResources, PAYER, type Resource, type SyntheticTenant } from "./resources.ts";

export interface CurRecipe {
  readonly seed: number;
  readonly month: Month;
  readonly tenants: readonly SyntheticTenant[];
  /** About how many lines; the resources and steps are chosen so that it is met closely. */
  readonly rows: number;
}

/** Above this many rows lines are hourly, below it daily. */
const HOURLY_FROM = 100_000;

const stepsOf = (month: Month, hours: number): Step[] => {
  const period = monthPeriod(month);
  const begin = startOfDay(period.start).getTime();
  return Array.from({ length: (daysIn(period) * 24) / hours }, (_, index) => ({
    start: stamp(new Date(begin + index * hours * 3_600_000)),
    end: stamp(new Date(begin + (index + 1) * hours * 3_600_000)),
  }));
};

const tagsOf = (resource: Resource): string =>
  JSON.stringify({
    ...(resource.tenant === undefined
      ? {}
      : { user_tenant_id: resource.tenant.tenantId, user_plan_id: resource.tenant.planCode }),
    user_service_component: resource.component,
  });

const billCells = (month: Month): CurCells => {
  const period = monthPeriod(month);
  return {
    bill_invoice_id: `INV${month.replace("-", "")}01`,
    bill_billing_entity: "AWS",
    bill_bill_type: "Anniversary",
    bill_payer_account_id: PAYER,
    bill_billing_period_start_date: stamp(startOfDay(period.start)),
    bill_billing_period_end_date: stamp(startOfDay(endExclusive(period))),
    line_item_currency_code: "USD",
    line_item_legal_entity: "Amazon Web Services, Inc.",
  };
};

/** What a charge kind does to the cost columns; `cost` is the list price of the line. */
const pricedCells = (resource: Resource, cost: bigint, sums: Sums): CurCells => {
  if (resource.kind === "savings-plan") {
    const effective = (cost * 62n) / 100n;
    sums.commitmentUsed += effective;
    return {
      line_item_line_item_type: "SavingsPlanCoveredUsage",
      line_item_unblended_cost: costText(cost),
      line_item_net_unblended_cost: costText(cost),
      savings_plan_savings_plan_a_r_n: SAVINGS_PLAN,
      savings_plan_savings_plan_effective_cost: costText(effective),
      savings_plan_net_savings_plan_effective_cost: costText(effective),
    };
  }
  if (resource.kind === "reserved") {
    const [upfront, recurring] = [(cost * 17n) / 100n, (cost * 41n) / 100n];
    sums.reservedUpfront += upfront;
    sums.reservedRecurring += recurring;
    return {
      line_item_line_item_type: "DiscountedUsage",
      line_item_unblended_cost: "0.0",
      line_item_net_unblended_cost: "0.0",
      reservation_reservation_a_r_n: RESERVATION,
      reservation_effective_cost: costText(upfront + recurring),
      reservation_net_effective_cost: costText(upfront + recurring),
    };
  }
  return {
    line_item_line_item_type: "Usage",
    line_item_unblended_cost: costText(cost),
    line_item_net_unblended_cost: costText(cost),
  };
};

const usageLine = (
  resource: Resource,
  step: Step,
  steps: number,
  bill: CurCells,
  random: Random,
  sums: Sums,
): { line: string; cost: bigint } => {
  // Daily lines hold 24 hours; the amount swings by a tenth either way, never the fixed hours of an instance.
  const isFixed = resource.amount === 1000;
  const hours = steps > 31 ? 1 : 24;
  const thousandths =
    BigInt(isFixed ? resource.amount : Math.floor((resource.amount * random.between(900, 1100)) / 1000)) *
    BigInt(hours);
  const cost =
    (resource.rate * thousandths) /
    1000n /
    (resource.usageType.startsWith("TimedStorage") || resource.usageType.startsWith("EBS") ? 30n : 1n);
  const cells: CurCells = {
    ...bill,
    identity_line_item_id: resource.id,
    identity_time_interval: `${step.start.slice(0, 19)}Z/${step.end.slice(0, 19)}Z`,
    bill_billing_entity: resource.billingEntity,
    line_item_usage_account_id: resource.account,
    line_item_usage_start_date: step.start,
    line_item_usage_end_date: step.end,
    line_item_product_code: resource.service,
    product_servicecode: resource.service,
    line_item_usage_type: resource.usageType,
    line_item_operation: resource.operation,
    line_item_resource_id: resource.resourceId,
    product_region_code: "us-east-1",
    line_item_usage_amount: `${thousandths / 1000n}.${(thousandths % 1000n).toString().padStart(3, "0")}`,
    line_item_unblended_rate: costText(resource.rate),
    line_item_legal_entity: resource.legalEntity,
    line_item_line_item_description: `${costText(resource.rate)} USD per unit of ${resource.usageType}`,
    resource_tags: tagsOf(resource),
    ...pricedCells(resource, cost, sums),
  };
  return { line: curLine(cells), cost };
};

/**
 * A CUR 2.0 file of a month, in chunks of text: the same recipe gives the same bytes. It holds every line item type, and AWS's identity
 * (unblended = amortised + upfront purchases + true-up) closes in it to the last digit.
 */
export function* generateCur(recipe: CurRecipe): Generator<string> {
  const random = randomFrom(recipe.seed);
  const steps = stepsOf(recipe.month, recipe.rows >= HOURLY_FROM ? 1 : 24);
  const planRows = 2 * steps.length;
  const perStep = Math.max(13, Math.floor((recipe.rows - SPECIAL_ROWS - planRows) / steps.length));
  const resources = makeResources(perStep, recipe.tenants, random);
  const bill = billCells(recipe.month);
  const sums: Sums = { commitmentUsed: 0n, reservedUpfront: 0n, reservedRecurring: 0n };
  yield curHeader();
  for (const step of steps) {
    let text = "";
    let covered = 0n;
    const usedBefore = sums.commitmentUsed;
    for (const resource of resources) {
      const { line, cost } = usageLine(resource, step, steps.length, bill, random, sums);
      if (resource.kind === "savings-plan") covered += cost;
      text += line;
    }
    for (const row of savingsPlanRows(step, covered, sums.commitmentUsed - usedBefore))
      text += specialLine(row, bill, random.hex(24));
    yield text;
  }
  yield monthlyRows(recipe.month, sums, random)
    .map((row) => specialLine(row, bill, random.hex(24)))
    .join("");
}
