import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Problem } from "@commops/core/kernel";
import { type TestApi, testApi } from "../../../testing/api.ts";
import { inRuleFiles, readRuleFiles } from "./rule-files.ts";

let api: TestApi;
let token: string;
let folder: string;
beforeAll(async () => {
  api = await testApi();
  token = await api.token("platform_engineer", { user: "pat" });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rules-"));
  return () => rm(folder, { recursive: true, force: true });
});
afterAll(() => api.close());

const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

const NAT = `rule_id: nat-gb
title: NAT by gigabytes
order: 30
category: NAT
selector:
  usage_type_patterns: ["%NatGateway-%"]
keys:
  - metric_code: nat_gb_processed
    weight: 0.12345678901234567890e0
target: tenants
`;

const refusal = async (): Promise<Problem> => {
  const files = await readRuleFiles(folder);
  const asked = api
    .send("POST /allocation/rules:plan", { token, body: { rules: files.rules, is_complete: true } })
    .then(({ status, body }) => {
      const { error } = body as unknown as { error: { code: string; message: string; details: [] } };
      if (status !== 400) throw new Error(`answered ${status}`);
      throw new Problem("invalid", error.code, error.message, { details: error.details });
    });
  const caught = await inRuleFiles(files, asked).catch((error: unknown) => error);
  if (caught instanceof Problem) return caught;
  throw new Error("the rules were not refused");
};

describe("rules as files", () => {
  test("a rule, a list and a list under `rules` are read alike, from YAML and JSON, in the order of the names", async () => {
    await put("b.yaml", `- rule_id: one\n- rule_id: two\n`);
    await put("a.json", `{ "rules": [ { "rule_id": "three" } ] }`);
    await put("c.yml", `rule_id: four\n`);
    await put("notes.txt", `not a rule`);
    const { rules } = await readRuleFiles(folder);
    expect(rules).toEqual([{ rule_id: "three" }, { rule_id: "one" }, { rule_id: "two" }, { rule_id: "four" }]);
  });

  test("a decimal keeps every digit that is written, a whole number stays one", async () => {
    await put("nat.yaml", `order: 30\nfloor: 0.100000000000000000001\n`);
    expect((await readRuleFiles(folder)).rules).toEqual([{ order: 30, floor: "0.100000000000000000001" }]);
  });

  test("text that is no YAML is refused with its line and column", async () => {
    await put("nat.yaml", `rule_id: nat\ntitle: "open\n`);
    await expect(readRuleFiles(folder)).rejects.toThrow(/nat\.yaml:\d+:\d+/);
    await put("nat.yaml", `rule_id: nat\nrule_id: nat\n`);
    await expect(readRuleFiles(folder)).rejects.toThrow(/nat\.yaml:2:1: .*unique/);
  });

  test("a fault that the API finds is told by file, line and column of the value", async () => {
    await put("a.yaml", NAT.replace("0.12345678901234567890e0", "1"));
    const other = NAT.replace("0.12345678901234567890e0", "1").replace("nat-gb", "other");
    await put("b.yaml", other.replace("target: tenants", "target: everybody"));
    expect((await refusal()).message).toContain(`${join(folder, "b.yaml")}:10:9`);
  });

  test("more decimals than a weight carries are refused at their place, not rounded", async () => {
    await put("a.yaml", NAT);
    expect((await refusal()).message).toMatch(/a\.yaml:9:13: .*more than 12 decimals/);
  });

  test("a misspelt field is told at the field", async () => {
    await put("a.yaml", `${NAT.replace("0.12345678901234567890e0", "1")}capp: 0.5\n`);
    expect((await refusal()).message).toMatch(/a\.yaml:11:1: .*capp/);
  });

  test("a folder without rules, and one that is not there, are refused by name", async () => {
    await expect(readRuleFiles(folder)).rejects.toThrow(folder);
    await expect(readRuleFiles(join(folder, "gone"))).rejects.toThrow(/gone/);
  });
});
