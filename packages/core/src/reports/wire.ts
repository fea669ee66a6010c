import { usdNumber } from "../kernel/index.ts";
import { type Exact, toText } from "../money/index.ts";

/** Field names end with `_usd`; the exact text stands beside the number. */
type UsdPair<K extends string> = { readonly [N in K]: number } & { readonly [N in `${K}_exact`]: string };

/** An amount as a JSON number of at most 6 decimals, and as text with all of them under `<name>_exact`. */
export const usdPair = <K extends `${string}_usd`>(name: K, amount: Exact): UsdPair<K> => {
  const text = toText(amount);
  return { [name]: usdNumber(text), [`${name}_exact`]: text } as UsdPair<K>;
};

/** A percentage as a JSON number of at most 6 decimals; null where there is nothing to take percents of. */
export const percentNumber = (percent: Exact | null): number | null =>
  percent === null ? null : usdNumber(toText(percent));
