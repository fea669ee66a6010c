import { displayAmount, displayNumber, exact, groupDigits, isNegative, minorUnits, toFixed } from "@commops/core/money";
import { cx } from "./class-names.ts";

/** An amount rounded to the currency's minor unit, as a table shows it. */
export const roundedAmount = (value: string, currency: string): string =>
  groupDigits(toFixed(exact(value), minorUnits(currency)));

interface AmountProps {
  /** Decimal text in major units. */
  readonly value: string;
  readonly currency?: string;
  /** All decimals that there are, instead of the currency's own. */
  readonly isExact?: boolean;
  /** A change: a plus sign where it is positive. */
  readonly isChange?: boolean;
  /** The column's head names the currency already. */
  readonly isBare?: boolean;
  readonly className?: string;
}

/** Money with its currency and figures that align; the unrounded amount is its title where rounding hid something. */
export const Amount = ({ value, currency = "USD", isExact, isChange, isBare, className }: AmountProps) => {
  const full = displayAmount(value, currency);
  const shown = isExact === true ? full : roundedAmount(value, currency);
  const sign = isChange === true && !isNegative(exact(value)) && exact(value).n !== 0n ? "+" : "";
  return (
    <span className={cx("figures", className)} title={full === shown ? undefined : `${full} ${currency}`}>
      {sign}
      {shown.replace("-", "\u2212")}
      {isBare !== true && <span className="ml-1 text-[0.85em] font-normal">{currency}</span>}
    </span>
  );
};

/** A quantity with its unit. */
export const Quantity = ({ value, unit }: { readonly value: string; readonly unit?: string | undefined }) => (
  <span className="figures">
    {displayNumber(value).replace("-", "\u2212")}
    {unit !== undefined && unit !== "" && <span className="ml-1 text-[0.85em] text-muted">{unit}</span>}
  </span>
);

/** Percents with two decimals at most. */
export const Percent = ({ value }: { readonly value: number }) => (
  <span className="figures">{value.toLocaleString("en", { maximumFractionDigits: 2 })} %</span>
);
