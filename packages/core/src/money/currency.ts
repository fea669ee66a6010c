import { data } from "currency-codes";

/** An ISO 4217 alphabetic code. Literal types ("USD", "EUR") keep two currencies apart at compile time. */
export type Currency = Uppercase<string>;

const MINOR_UNITS: ReadonlyMap<string, number> = new Map(data.map((entry) => [entry.code, entry.digits]));

export const isCurrency = (code: string): code is Currency => MINOR_UNITS.has(code);

/** Decimals of a currency's minor unit (USD 2, JPY 0, KWD 3; source: ISO 4217 list one). Throws RangeError when unknown. */
export const minorUnits = (code: string): number => {
  const digits = MINOR_UNITS.get(code);
  if (digits === undefined) throw new RangeError(`not an ISO 4217 currency: ${JSON.stringify(code)}`);
  return digits;
};
