import { createHash } from "node:crypto";

/** Plain data as JSON can carry it. Amounts travel as decimal text, never as number. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** JSON with sorted keys and no blanks (RFC 8785 for the values we use: text, integers, booleans, null). Undefined members are left out. */
export const canonicalJson = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item as Json)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value as { readonly [key: string]: Json | undefined });
    const members = entries
      .filter((entry): entry is [string, Json] => entry[1] !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
};

/** SHA-256 in hex of a text or bytes. */
export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** The digest that binds an approval, an audit event or a lineage record to plain data: `sha256:<hex>`. */
export const digestOf = (value: Json): string => `sha256:${sha256(canonicalJson(value))}`;
