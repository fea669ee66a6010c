import type { Json } from "@commops/core/kernel";

const HIDDEN = "[not shown]";
const SECRET_NAME = /token$|secret|passw|authorization|api_?key|credential|signature/i;
/** Not what opens a door: where a list goes on. */
const HARMLESS_NAME = /page_?token$|next_?token$/i;
/** Shorter texts stand elsewhere by chance. */
const LEAST_SECRET = 8;

/** Names under which the definition hands out the token of a task: `"answer_to.$": "$$.Task.Token"`. */
const tokenNames = (definition: Json, found: Set<string> = new Set()): Set<string> => {
  if (typeof definition !== "object" || definition === null) return found;
  for (const [name, value] of Object.entries(definition)) {
    if (typeof value === "string" && value.includes("Task.Token")) found.add(name.replace(/\.\$$/, ""));
    else tokenNames(value as Json, found);
  }
  return found;
};

/** Takes secrets out of what an execution carries. */
export interface Redactor {
  /** The value without secrets; those it finds are taken out of every later value as well, wherever they stand. */
  clean(value: Json): Json;
}

/** A redactor that knows the definition; it wants the execution's values in the order of its history. */
export const redactorFor = (definition: Json): Redactor => {
  const names = tokenNames(definition);
  const secrets = new Set<string>();
  const isSecret = (name: string): boolean => names.has(name) || (SECRET_NAME.test(name) && !HARMLESS_NAME.test(name));
  const cleanText = (text: string): string => {
    if (/^\s*[[{]/.test(text))
      try {
        return JSON.stringify(clean(JSON.parse(text) as Json));
      } catch {
        // It only looks like JSON.
      }
    let cleaned = text;
    for (const secret of secrets) cleaned = cleaned.replaceAll(secret, HIDDEN);
    return cleaned;
  };
  const remember = (value: Json): void => {
    if (typeof value === "string" && value.length >= LEAST_SECRET) secrets.add(value);
  };
  const clean = (value: Json): Json => {
    if (typeof value === "string") return cleanText(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => clean(item as Json));
    const fields = Object.entries(value) as [string, Json][];
    for (const [name, field] of fields) if (isSecret(name)) remember(field);
    return Object.fromEntries(
      fields.map(([name, field]) => [name, isSecret(name) && field !== null ? HIDDEN : clean(field)]),
    );
  };
  return { clean };
};
