import { expect, test } from "vitest";
import { definitionOf, keysText, limitsText, readCandidates, readRuleFiles } from "./rule-words.ts";

const rule = {
  rule_id: "nat-gb",
  version: 3,
  title: "NAT by gigabytes",
  order: 30,
  category: "NAT",
  selector: { services: [], usage_type_patterns: [], components: [], accounts: [], regions: [], line_types: [] },
  keys: [
    { metric_code: "egress_gb", weight: "0.6" },
    { metric_code: "requests", weight: "0.4" },
  ],
  curve: { kind: "linear" },
  floor: null,
  cap: "0.5",
  target: "tenants",
  fallback: "even",
  effective_from: "2026-01-01",
  effective_to: null,
  status: "active",
} as unknown as Parameters<typeof definitionOf>[0];

test("a rule is edited without what is decided when it is applied", () => {
  expect(Object.keys(definitionOf(rule))).not.toEqual(expect.arrayContaining(["version"]));
  for (const name of ["version", "status", "effective_from", "effective_to"])
    expect(definitionOf(rule)).not.toHaveProperty(name);
  expect(definitionOf(rule)).toMatchObject({ rule_id: "nat-gb", cap: "0.5", fallback: "even" });
});

test("keys with their weights and curve, and limits, read as one line", () => {
  expect(keysText(rule)).toBe("0.6 egress_gb, 0.4 requests, linear");
  expect(limitsText(rule)).toBe("0 to 0.5 of the pool");
  expect(keysText({ ...rule, target: "operator" })).toBe("—");
});

test.each(["", "{}", "nonsense", "3"])("what is no list of rules is said so: %j", (text) => {
  expect(readCandidates(text)).toHaveProperty("fault");
});

test("a list is taken as it is", () => {
  expect(readCandidates('[{"rule_id": "x"}]')).toEqual({ rules: [{ rule_id: "x" }] });
});

test("files hold a rule or a list of rules each, in their order; any other is named", () => {
  const file = (name: string, value: unknown) => ({ name, text: JSON.stringify(value) });
  expect(
    readRuleFiles([file("a.json", { rule_id: "a" }), file("b.json", [{ rule_id: "b" }, { rule_id: "c" }])]),
  ).toEqual({
    rules: [{ rule_id: "a" }, { rule_id: "b" }, { rule_id: "c" }],
  });
  for (const bad of [file("bad.json", [1]), file("bad.json", "text"), { name: "bad.json", text: "rule_id: a" }])
    expect(readRuleFiles([file("a.json", {}), bad])).toEqual({ fault: expect.stringContaining("bad.json") });
});
