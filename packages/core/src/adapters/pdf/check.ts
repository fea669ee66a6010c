import { type Detail, invalid, Problem } from "../../kernel/index.ts";
import { isCurrency, tryExact } from "../../money/index.ts";
import type { InvoiceDocument } from "../../ports/index.ts";
import { tryDay } from "../../time/index.ts";
import { packageFor } from "./fonts.ts";
import { plainText } from "./paragraph.ts";

interface Field {
  readonly path: string;
  readonly text: string;
}

const fieldsOf = (value: unknown, path: string): Field[] => {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => fieldsOf(item, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => fieldsOf(item, path === "" ? key : `${path}.${key}`));
};

/** Every text of a document with its path, as it will be printed. */
export const textsOf = (document: InvoiceDocument): Field[] =>
  fieldsOf(document, "").map(({ path, text }) => ({ path, text: plainText(text) }));

/** Overrides and embeddings make a text read otherwise than it is stored; control characters have no shape. */
const UNPRINTABLE = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\uD800-\uDFFF]/u;

const named = (character: string): string => {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return UNPRINTABLE.test(character) ? code : `"${character}" (${code})`;
};

const MAX_DETAILS = 20;

/**
 * Throws a Problem of kind invalid that names every character that cannot be printed, with its field.
 * `missing` holds the code points that no installed font has.
 */
export const checkCharacters = (fields: readonly Field[], missing: ReadonlySet<number>): void => {
  const details: Detail[] = [];
  for (const { path, text } of fields) {
    for (const character of new Set(text)) {
      if (character === "\n") continue;
      if (UNPRINTABLE.test(character))
        details.push({ field: path, reason: `${named(character)} is a control character. Remove it.` });
      else if (missing.has(character.codePointAt(0) ?? 0)) {
        const family = packageFor(character);
        const remedy = family === undefined ? "Change the text." : `Install ${family}, or change the text.`;
        details.push({ field: path, reason: `no installed font has ${named(character)}. ${remedy}` });
      }
    }
  }
  const [first] = details;
  if (first) {
    const more = details.length === 1 ? "" : ` (and ${details.length - 1} more)`;
    throw new Problem("invalid", "UNPRINTABLE_CHARACTER", `${first.field}: ${first.reason}${more}`, {
      details: details.slice(0, MAX_DETAILS),
    });
  }
};

const DAYS = /(^|\.)(issueDate|taxPoint|dueDate|rateDate)$|^period\.(start|end)$/;
const DECIMALS =
  /^(gross|subtotal|total|amountDue)$|^lines\[.*\.(quantity|unitPrice|flatFee|amount)$|^(discounts|settlements)\[.*\.amount$|^taxes\[.*\.(rate|base|amount)$|^usd\.(total|rate)$/;

/** Throws a Problem of kind invalid that names the first field that cannot be read. */
export const checkFields = (document: InvoiceDocument, fields: readonly Field[]): void => {
  if (!isCurrency(document.currency)) throw invalid("currency", `${document.currency} is no ISO 4217 currency`);
  if (document.currency === "USD" && document.usd) throw invalid("usd", "a document in USD has no conversion");
  if (document.currency !== "USD" && !document.usd)
    throw invalid("usd", `a document in ${document.currency} needs its total in USD, with rate, date and source`);
  for (const { path, text } of fields) {
    if (DAYS.test(path) && !tryDay(text)) throw invalid(path, `${JSON.stringify(text)} is no day (YYYY-MM-DD)`);
    if (DECIMALS.test(path) && !tryExact(text)) throw invalid(path, `${JSON.stringify(text)} is no decimal number`);
  }
  const { url } = document.payment;
  if (url !== undefined && !(URL.canParse(url) && new URL(url).protocol === "https:"))
    throw invalid("payment.url", "is no https address");
};
