import type { CostGroup } from "./plan.ts";
import type { AllocationRule, CostCategory } from "./rule.ts";

const SPECIAL = /[%_]/;

/** A SQL LIKE pattern (`%` any text, `_` any character) as a test of a whole text; letters count as they are written. */
export const likeMatcher = (pattern: string): ((text: string) => boolean) => {
  if (!SPECIAL.test(pattern)) return (text) => text === pattern;
  // Most patterns are a text with % before or after it; a search for it is several times quicker than an expression.
  const [, before = "", within = "", after = ""] = /^(%?)([^%_]+)(%?)$/.exec(pattern) ?? [];
  if (within !== "" && before !== "" && after !== "") return (text) => text.includes(within);
  if (within !== "" && after !== "") return (text) => text.startsWith(within);
  if (within !== "") return (text) => text.endsWith(within);
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", "[\\s\\S]*")
    .replaceAll("_", "[\\s\\S]");
  const expression = new RegExp(`^${source}$`);
  return (text) => expression.test(text);
};

const anyOf = (patterns: readonly string[]): ((text: string | null) => boolean) => {
  if (patterns.length === 0) return () => true;
  const tests = patterns.map(likeMatcher);
  return (text) => text !== null && tests.some((test) => test(text));
};

type Selected = Pick<
  CostGroup,
  "service" | "usageType" | "component" | "account" | "region" | "lineType" | "billingEntity"
>;

/** Whether a rule's selector takes a line: every list that is not empty has a pattern that matches. */
export const selectorMatcher = (selector: AllocationRule["selector"]): ((group: Selected) => boolean) => {
  const service = anyOf(selector.services);
  const usageType = anyOf(selector.usage_type_patterns);
  const component = anyOf(selector.components);
  const account = anyOf(selector.accounts);
  const region = anyOf(selector.regions);
  const lineType = anyOf(selector.line_types);
  const billingEntity = anyOf(selector.billing_entities ?? []);
  return (group) =>
    service(group.service) &&
    usageType(group.usageType) &&
    component(group.component) &&
    account(group.account) &&
    region(group.region) &&
    lineType(group.lineType) &&
    billingEntity(group.billingEntity);
};

const CATEGORY_TESTS: readonly (readonly [CostCategory, (service: string, usageType: string) => boolean])[] = [
  ["NAT", (_, usageType) => usageType.includes("NatGateway-")],
  ["PLINK", (_, usageType) => usageType.includes("VpcEndpoint-")],
  ["EBS", (_, usageType) => usageType.includes("EBS:")],
  ["CLOUDWATCH", (service) => /^Amazon ?CloudWatch/.test(service)],
  ["S3", (service) => /^Amazon ?(S3|Simple Storage Service)/.test(service)],
  ["SUPPORT", (service) => /Support/.test(service)],
];

/** The category of a line that no rule took: by product code (or FOCUS service name) and usage type. */
export const categoryOf = (service: string, usageType: string): CostCategory =>
  CATEGORY_TESTS.find(([, test]) => test(service, usageType))?.[0] ?? "OTHER";
