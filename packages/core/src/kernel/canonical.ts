import { createHash } from "node:crypto";

/** Plain data as JSON can carry it. Amounts travel as decimal text, never as number. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** JSON with sorted keys and no blanks (RFC 8785 for the values we use: text, integers, booleans, null). Undefined members are left out. */
export const canonicalJson = (value: Json): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  // Built up as text: digests of thousands of rows are a large part of what an allocation takes.
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === "" ? "" : ","}${canonicalJson(item as Json)}`;
    return `[${text}]`;
  }
  const members = value as { readonly [key: string]: Json | undefined };
  for (const key of Object.keys(members).toSorted()) {
    const member = members[key];
    if (member !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
};

/** SHA-256 in hex of a text or bytes. */
export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** The digest that binds an approval, an audit event or a lineage record to plain data: `sha256:<hex>`. */
export const digestOf = (value: Json): string => `sha256:${sha256(canonicalJson(value))}`;
