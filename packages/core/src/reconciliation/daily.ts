import { fraction, subtract, toText } from "../money/index.ts";
import { type Deviation, deviation } from "./check.ts";
import type { ReconciliationPolicy } from "./policy.ts";

/** A payment of a day, and what the books say of it. Amounts in US cents. */
export interface DayPayment {
  readonly paymentId: string;
  readonly provider: string;
  readonly status: "pending" | "confirmed" | "failed" | "refunded";
  readonly usdMinor: bigint;
  /** Undefined where nothing is posted. */
  readonly postedUsdMinor: bigint | undefined;
}

export interface ProviderDay extends Deviation {
  readonly provider: string;
  /** Decimal text in US dollars. */
  readonly received: string;
  readonly posted: string;
  readonly pending: string;
  readonly payments: number;
  /** Payments whose posting is missing or says another sum. */
  readonly apart: readonly string[];
}

const usd = (minor: bigint) => fraction(minor, 100n);
const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

const dayOfProvider = (provider: string, own: readonly DayPayment[], policy: ReconciliationPolicy): ProviderDay => {
  const certain = own.filter(({ status }) => status === "confirmed" || status === "refunded");
  const received = usd(sumOf(certain.map((payment) => payment.usdMinor)));
  const posted = usd(sumOf(own.map((payment) => payment.postedUsdMinor ?? 0n)));
  const pending = usd(sumOf(own.filter(({ status }) => status === "pending").map((payment) => payment.usdMinor)));
  const limit = { percent: policy.paymentPercent, absolute: "0" };
  const isApart = ({ status, usdMinor, postedUsdMinor = 0n }: DayPayment): boolean =>
    postedUsdMinor !== (status === "confirmed" || status === "refunded" ? usdMinor : 0n);
  return {
    provider,
    ...deviation(subtract(received, posted), received, limit),
    received: toText(received),
    posted: toText(posted),
    pending: toText(pending),
    payments: own.length,
    apart: own.filter(isApart).map((payment) => payment.paymentId),
  };
};

/** What each provider or bank confirmed on a day against what was posted for it, by provider. */
export const compareDay = (payments: readonly DayPayment[], policy: ReconciliationPolicy): ProviderDay[] =>
  [...Map.groupBy(payments, (payment) => payment.provider)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([provider, own]) => dayOfProvider(provider, own, policy));
