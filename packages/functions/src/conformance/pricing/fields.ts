import { type Currency, type Exact, exact, isCurrency } from "@commops/core/money";
import { type Day, day } from "@commops/core/time";

type Plain = Readonly<Record<string, unknown>>;

/** One recorded case. `convention` and `rule` say which reading its numbers follow. */
export interface PricingCase {
  /** For the report only: no rule looks at it. */
  readonly id: string;
  readonly inputs: Plain;
  readonly expected: Plain;
  /** With what is disputed about it. */
  readonly convention: string;
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const plain = (value: unknown, what: string): Plain => {
  if (!isPlain(value)) throw new Error(`${what} is not an object`);
  return value;
};

/** A text, number or truth value as text; anything else is none. */
const scalar = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? `${value}` : undefined;

/** Reads a case file: `{ topic, rule, cases: [{ id, inputs, expected, convention }] }`. */
export const readCaseFile = (content: unknown): PricingCase[] => {
  const file = plain(content, "the case file");
  if (!Array.isArray(file["cases"])) throw new Error("the case file has no list of cases");
  return file["cases"].map((entry: unknown, index): PricingCase => {
    const one = plain(entry, `case ${index + 1}`);
    return {
      id: scalar(one["id"]) ?? `case ${index + 1}`,
      inputs: plain(one["inputs"], `inputs of case ${index + 1}`),
      expected: plain(one["expected"], `expected of case ${index + 1}`),
      convention: [scalar(one["convention"]) ?? scalar(file["rule"]), scalar(one["disputed"])].join("; "),
    };
  });
};

/** Typed access to the fields of an object; a missing or null field is undefined. */
export interface Fields {
  has(...names: string[]): boolean;
  text(name: string): string;
  maybe(name: string): string | undefined;
  exact(name: string): Exact;
  maybeExact(name: string): Exact | undefined;
  whole(name: string): number;
  flag(name: string): boolean;
  day(name: string): Day;
  texts(name: string): string[];
  list(name: string): Fields[];
  /** The object of that name; undefined where there is none. */
  child(name: string): Fields | undefined;
  currency(): Currency;
}

export const fieldsOf = (object: Plain): Fields => {
  const raw = (name: string): unknown => object[name] ?? undefined;
  const maybe = (name: string): string | undefined => scalar(raw(name));
  const text = (name: string): string => {
    const value = maybe(name);
    if (value === undefined) throw new Error(`the case has no ${name}`);
    return value;
  };
  const array = (name: string): readonly unknown[] => {
    const value = raw(name);
    return Array.isArray(value) ? value : [];
  };
  return {
    has: (...names) => names.every((name) => raw(name) !== undefined),
    text,
    maybe,
    exact: (name) => exact(text(name)),
    maybeExact: (name) => (maybe(name) === undefined ? undefined : exact(text(name))),
    whole: (name) => Number(text(name)),
    flag: (name) => raw(name) === true,
    day: (name) => day(text(name).slice(0, 10)),
    texts: (name) => array(name).flatMap((entry) => scalar(entry) ?? []),
    list: (name) => array(name).map((entry) => fieldsOf(plain(entry, name))),
    child: (name) => {
      const value = raw(name);
      return isPlain(value) ? fieldsOf(value) : undefined;
    },
    currency: () => {
      const code = maybe("currency") ?? "USD";
      if (!isCurrency(code)) throw new Error(`${code} is no currency`);
      return code;
    },
  };
};

/** Amounts given in minor units are whole units of a currency that has no smaller one. */
export const MINOR: Currency = "JPY";
