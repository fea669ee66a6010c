import type { Answer, Input } from "../../api.ts";

type Rule = Answer<"GET /allocation/rules">["rules"][number];
type Candidates = NonNullable<Input<"POST /allocation/rules:preview">["rules"]>;

/** A rule as people write it: without what is decided when it is applied. */
export const definitionOf = (rule: Rule): object => {
  const { rule_id, title, order, category, selector, keys, curve, floor, cap, target, fallback } = rule;
  return { rule_id, title, order, category, selector, keys, curve, floor, cap, target, fallback };
};

/** "0.6 egress_gb, 0.4 requests, linear". */
export const keysText = ({ keys, curve, target }: Rule): string => {
  if (target === "operator") return "—";
  const metrics = keys.map((key) => (keys.length > 1 ? `${key.weight} ${key.metric_code}` : key.metric_code));
  return [...metrics, curve.kind].join(", ");
};

/** "0.05 to 0.5 of the pool", as far as there are limits. */
export const limitsText = ({ floor, cap }: Rule): string =>
  floor === null && cap === null ? "—" : `${floor ?? "0"} to ${cap ?? "1"} of the pool`;

/** The rules in a text, or why it has none; the API says what is wrong within one. */
export const readCandidates = (text: string): { readonly rules: Candidates } | { readonly fault: string } => {
  try {
    const value: unknown = JSON.parse(text);
    // What each rule must be, the API checks field by field.
    if (Array.isArray(value)) return { rules: value as Candidates };
  } catch {
    // Said below.
  }
  return { fault: "This is no JSON list of rules. Write [] for none, or take a rule above with “Changed”." };
};

/** The rules in files, each of which holds one or a list; or which file holds none. */
export const readRuleFiles = (
  files: readonly { readonly name: string; readonly text: string }[],
): { readonly rules: readonly object[] } | { readonly fault: string } => {
  const rules: object[] = [];
  for (const { name, text } of files) {
    const found = rulesIn(text);
    if (!found) return { fault: `${name} is no JSON rule, and no list of rules. Choose another file.` };
    rules.push(...found);
  }
  return { rules };
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const rulesIn = (text: string): readonly object[] | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.every(isObject) ? value : undefined;
    return isObject(value) ? [value] : undefined;
  } catch {
    return undefined;
  }
};
