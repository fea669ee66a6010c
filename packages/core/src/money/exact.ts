/**
 * Exact rational numbers. Every calculation stays a fraction until the one rounding that domain.md names,
 * so 21/30 of a slab bound never becomes 0.7000000001.
 */
export interface Exact {
  /** Numerator; carries the sign. */
  readonly n: bigint;
  /** Denominator; always positive, and coprime with the numerator. */
  readonly d: bigint;
}

/** Decimals that costs, quantities, unit prices and weights carry: `NUMERIC(38,12)`. */
export const SCALE = 12;

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$|^([+-]?)\.(\d+)(?:[eE]([+-]?\d{1,3}))?$/;

/** Far more than any amount, quantity or price has: the time to read a number grows faster than its length. */
const MAX_LENGTH = 1000;

const abs = (x: bigint): bigint => (x < 0n ? -x : x);

const gcd = (a: bigint, b: bigint): bigint => {
  let [x, y] = [abs(a), abs(b)];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
};

/** The fraction n/d in lowest terms. Throws RangeError on a zero denominator. */
export const fraction = (n: bigint | number, d: bigint | number = 1n): Exact => {
  let [num, den] = [BigInt(n), BigInt(d)];
  if (den === 0n) throw new RangeError("division by zero");
  if (den < 0n) [num, den] = [-num, -den];
  const g = gcd(num, den);
  return g === 1n ? { n: num, d: den } : { n: num / g, d: den / g };
};

export const ZERO: Exact = { n: 0n, d: 1n };
export const ONE: Exact = { n: 1n, d: 1n };

/** Reads a decimal ("12.50", "-0.0000004", "1e-7"). Returns undefined for anything else, also for NaN, blanks and more than 1000 characters. */
export const tryExact = (text: string): Exact | undefined => {
  if (text.length > MAX_LENGTH) return undefined;
  const match = DECIMAL.exec(text.trim());
  if (!match) return undefined;
  const sign = (match[1] ?? match[5]) === "-" ? -1n : 1n;
  const whole = match[2] ?? "0";
  const decimals = match[3] ?? match[6] ?? "";
  const exponent = Number(match[4] ?? match[7] ?? "0") - decimals.length;
  const digits = sign * BigInt(whole + decimals);
  return exponent >= 0 ? fraction(digits * 10n ** BigInt(exponent)) : fraction(digits, 10n ** BigInt(-exponent));
};

/** Reads a decimal; throws RangeError naming the text when it is none. */
export const exact = (text: string | number | bigint): Exact => {
  if (typeof text === "bigint") return { n: text, d: 1n };
  const value = tryExact(String(text));
  if (!value) throw new RangeError(`not a decimal number: ${JSON.stringify(text)}`);
  return value;
};

export const add = (a: Exact, b: Exact): Exact =>
  a.d === b.d ? fraction(a.n + b.n, a.d) : fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const negate = (a: Exact): Exact => ({ n: -a.n, d: a.d });
export const subtract = (a: Exact, b: Exact): Exact => add(a, negate(b));
export const multiply = (a: Exact, b: Exact): Exact => fraction(a.n * b.n, a.d * b.d);
/** a / b. Throws RangeError when b is zero. */
export const divide = (a: Exact, b: Exact): Exact => fraction(a.n * b.d, a.d * b.n);
export const sumExact = (values: Iterable<Exact>): Exact => {
  let total = ZERO;
  for (const value of values) total = add(total, value);
  return total;
};

/** Negative, zero or positive as a is below, equal to or above b. */
export const compare = (a: Exact, b: Exact): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
export const isZero = (a: Exact): boolean => a.n === 0n;
export const isNegative = (a: Exact): boolean => a.n < 0n;
export const isPositive = (a: Exact): boolean => a.n > 0n;
export const smaller = (a: Exact, b: Exact): Exact => (compare(a, b) <= 0 ? a : b);
export const larger = (a: Exact, b: Exact): Exact => (compare(a, b) >= 0 ? a : b);
/** The smallest whole number not below a. */
export const ceiling = (a: Exact): bigint => (a.n >= 0n ? (a.n + a.d - 1n) / a.d : a.n / a.d);

/** n/d to a whole number, half away from zero: the one rounding of the product. */
export const roundRatio = (n: bigint, d: bigint): bigint => {
  const [num, den] = d < 0n ? [-n, -d] : [n, d];
  const magnitude = (2n * abs(num) + den) / (2n * den);
  return num < 0n ? -magnitude : magnitude;
};

/** a in units of 10^-places, half away from zero: scaled(1.005, 2) is 101. */
export const scaled = (a: Exact, places: number): bigint => roundRatio(a.n * 10n ** BigInt(places), a.d);

/** a to a number of decimals, half away from zero; negative places round to tens, hundreds and so on. */
export const roundTo = (a: Exact, places: number): Exact => {
  const unit = 10n ** BigInt(Math.abs(places));
  return places >= 0 ? fraction(scaled(a, places), unit) : fraction(roundRatio(a.n, a.d * unit) * unit);
};

/** A whole number of units of 10^-places as a decimal text with exactly that many decimals. */
export const unscaled = (units: bigint, places: number): string => {
  if (places === 0) return units.toString();
  const digits = abs(units)
    .toString()
    .padStart(places + 1, "0");
  const cut = digits.length - places;
  return `${units < 0n ? "-" : ""}${digits.slice(0, cut)}.${digits.slice(cut)}`;
};

/** Decimal text with exactly `places` decimals, rounded half away from zero. */
export const toFixed = (a: Exact, places: number): string => unscaled(scaled(a, places), places);

/** Shortest decimal text of a, rounded to 12 decimals, without trailing zeros: "0.07", "120". */
export const toText = (a: Exact, places: number = SCALE): string => {
  const text = toFixed(a, places);
  return text.includes(".") ? text.replace(/\.?0+$/, "").replace(/^-0$/, "0") : text;
};
