import type { Answer } from "./compare.ts";
import { cutAtMaximum, factorOfDays, missingToMinimum, missingToMinimumOfDays } from "./commitment-cases.ts";
import { type Fields, fieldsOf, type PricingCase } from "./fields.ts";
import { couponedTotals, invoiceTotals, withWholeShares } from "./invoice-cases.ts";
import * as amounts from "./money-cases.ts";
import { ratePartCase, withoutEmptyLines } from "./part-cases.ts";
import { isPeriodKind, localDays, periodCase } from "./period-cases.ts";
import { ratePriceCase } from "./price-cases.ts";
import * as proration from "./proration-cases.ts";

/** Which inputs a part of the product reads, told by their fields. */
interface Shape {
  readonly fits: (inputs: Fields) => boolean;
  readonly run: (inputs: Fields) => Answer;
  /** What of the expected numbers is compared, where the case records more than numbers. */
  readonly expect?: (expected: PricingCase["expected"]) => PricingCase["expected"];
}

const has =
  (...names: string[]) =>
  (inputs: Fields): boolean =>
    inputs.has(...names);

const SHAPES: readonly Shape[] = [
  { fits: has("price", "line"), run: ratePartCase, expect: withoutEmptyLines },
  { fits: (inputs) => inputs.child("price") !== undefined, run: ratePriceCase },
  { fits: (inputs) => isPeriodKind(inputs.maybe("kind")), run: periodCase },
  { fits: has("timezone", "start", "end"), run: localDays },
  { fits: has("line_amount", "max_amount"), run: cutAtMaximum },
  { fits: has("min_amount", "used"), run: missingToMinimum },
  { fits: has("charge_min_minor", "used_minor"), run: missingToMinimumOfDays },
  { fits: has("old_seats", "new_seats"), run: proration.changeSeats },
  { fits: has("old_price_minor", "new_price_minor"), run: proration.changeDiscountedPrice },
  { fits: has("items", "change_date"), run: proration.changeItems },
  { fits: has("old", "new", "change_date"), run: proration.changePrice },
  { fits: has("amount", "service_start"), run: proration.serviceAmount },
  { fits: has("amount", "fraction"), run: proration.fractionAmount },
  { fits: has("amount_minor", "billed_from"), run: proration.billedDaysAmount },
  { fits: has("amount_minor", "days", "period_days"), run: proration.daysAmount },
  { fits: has("kind", "interval"), run: proration.stubFactor },
  { fits: has("billed_from", "period_start"), run: proration.cycleDays },
  { fits: has("start", "end"), run: proration.daysOfService },
  { fits: has("days", "period_days"), run: factorOfDays },
  { fits: has("taxable"), run: amounts.taxesOf },
  { fits: has("subtotal_minor", "coupons"), run: amounts.couponsOnSubtotal },
  { fits: has("items_minor", "credits_net_minor_in_order"), run: amounts.creditsInOrder },
  { fits: has("items_minor"), run: amounts.discountOverItems },
  {
    fits: (inputs) => inputs.has("price") && (inputs.has("percent") || inputs.has("fixed")),
    run: amounts.discountOnPrice,
  },
  { fits: has("fees_precise_minor", "wallet_minor"), run: amounts.settledFromWallet },
  { fits: has("requested_credit", "original_amount"), run: amounts.creditWithin },
  { fits: has("net_minor", "unused_days"), run: amounts.creditForDays },
  { fits: has("items", "coupons_in_order"), run: couponedTotals, expect: withWholeShares },
  { fits: has("items"), run: invoiceTotals },
  { fits: (inputs) => inputs.has("value") || inputs.has("quantity", "unit"), run: amounts.roundedValue },
];

/** The part of the product that reads a case's inputs; undefined where none does. */
export const shapeOf = (subject: PricingCase): Shape | undefined => {
  const inputs = fieldsOf(subject.inputs);
  return SHAPES.find((shape) => shape.fits(inputs));
};
