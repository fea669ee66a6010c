import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineCommand } from "citty";
import { stringify } from "yaml";
import { z } from "zod";
import { aligned } from "../columns.ts";
import { command } from "../command.ts";
import { inRuleFiles, readRuleFiles } from "../rule-files.ts";
import { previewLines, rulePreview } from "../rule-preview.ts";

const plan = z.looseObject({
  effective_from: z.string(),
  plan_digest: z.string(),
  counts: z.object({ create: z.number(), change: z.number(), retire: z.number(), none: z.number() }),
  changes: z.array(
    z.looseObject({
      rule_id: z.string(),
      change: z.enum(["create", "change", "retire", "none"]),
      version_before: z.number().nullable(),
      version_after: z.number().nullable(),
      fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
    }),
  ),
  billed_or_closed: z.array(z.string()).default([]),
});
type Plan = z.output<typeof plan>;

const SIGNS = { create: "+", change: "~", retire: "-", none: " " } as const;

const changeLines = (change: Plan["changes"][number]): string[] => {
  if (change.change === "none") return [];
  const versions = [change.version_before, change.version_after].map((version) => version ?? "none").join(" -> ");
  const fields = change.fields.map(({ field, before, after }) =>
    change.change === "create"
      ? `    ${field}: ${JSON.stringify(after)}`
      : `    ${field}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`,
  );
  return [
    `${SIGNS[change.change]} ${change.rule_id} (version ${versions})`,
    ...(change.change === "retire" ? [] : fields),
  ];
};

const planLines = (found: Plan, done: string): string[] => {
  const { create, change, retire, none } = found.counts;
  return [
    ...found.changes.flatMap(changeLines),
    `${done}: ${create} to add, ${change} to change, ${retire} to end, ${none} as they are; from ${found.effective_from} on`,
    ...(found.billed_or_closed.length > 0
      ? [`refused: ${found.billed_or_closed.join(", ")} is billed or closed. Name a later --from.`]
      : []),
  ];
};

const SET = {
  dir: { type: "positional", description: "Folder of .yaml, .yml or .json files, or one of them", required: true },
  from: { type: "string", description: "YYYY-MM-DD: counts for months that begin on it or later; today by default" },
  "keep-others": { type: "boolean", description: "Keep rules that no file names", default: false },
} as const;

const wanted = (
  rules: readonly unknown[],
  args: { from?: string | undefined; "keep-others"?: boolean | undefined },
) => ({
  rules,
  is_complete: args["keep-others"] !== true,
  ...(args.from === undefined ? {} : { effective_from: args.from }),
});

const planCommand = command({
  name: "plan",
  description: "What applying a folder of allocation rules would change",
  args: SET,
  work: async (api, args) => {
    const files = await readRuleFiles(args.dir);
    const request = api.request("POST", "/allocation/rules:plan", wanted(files.rules, args));
    const found = plan.parse(await inRuleFiles(files, request));
    return { json: found, lines: planLines(found, "plan"), exit: found.billed_or_closed.length > 0 ? 1 : 0 };
  },
});

const applyCommand = command({
  name: "apply",
  description: "Apply a folder of allocation rules as new versions",
  args: { ...SET, digest: { type: "string", description: "Digest of the plan: apply only what it says" } },
  work: async (api, args) => {
    const files = await readRuleFiles(args.dir);
    const body = {
      ...wanted(files.rules, args),
      ...(args.digest === undefined ? {} : { plan_digest: args.digest }),
    };
    const done = plan.parse(await inRuleFiles(files, api.request("POST", "/allocation/rules:apply", body)));
    return { json: done, lines: planLines(done, "applied"), exit: 0 };
  },
});

const previewCommand = command({
  name: "preview",
  description: "What a past month would have been with a folder of rules, per tenant",
  args: {
    dir: SET.dir,
    period: { type: "string", description: "YYYY-MM", required: true },
    "keep-others": SET["keep-others"],
  },
  work: async (api, args) => {
    const files = await readRuleFiles(args.dir);
    const ids = new Set(
      files.rules.map((rule) => z.looseObject({ rule_id: z.string() }).safeParse(rule).data?.rule_id),
    );
    const others = inForce.parse(
      await api.request("GET", `/allocation/rules?period=${encodeURIComponent(args.period)}`),
    );
    const retire = args["keep-others"]
      ? []
      : others.rules.flatMap((rule) => (ids.has(rule.rule_id) ? [] : [rule.rule_id]));
    const request = api.request("POST", "/allocation/rules:preview", {
      period: args.period,
      rules: files.rules,
      retire,
    });
    const found = rulePreview.parse(await inRuleFiles(files, request));
    return { json: found, lines: previewLines(found), exit: 0 };
  },
});

const inForce = z.looseObject({
  period: z.string(),
  rules: z.array(
    z.looseObject({
      rule_id: z.string(),
      version: z.number(),
      order: z.number(),
      title: z.string(),
      target: z.string(),
      effective_from: z.string(),
    }),
  ),
});

const periodQuery = (period: string | undefined): string =>
  period === undefined ? "" : `?${new URLSearchParams({ period })}`;
const PERIOD = { period: { type: "string", description: "YYYY-MM; this month by default" } } as const;

const listCommand = command({
  name: "list",
  description: "The allocation rules in force, in the order in which they are tried",
  args: PERIOD,
  work: async (api, args) => {
    const found = inForce.parse(await api.request("GET", `/allocation/rules${periodQuery(args.period)}`));
    const rows = found.rules.map((rule) => [
      String(rule.order),
      `${rule.rule_id}@${rule.version}`,
      rule.target,
      rule.effective_from,
      rule.title,
    ]);
    return { json: found, lines: aligned([["order", "rule", "target", "from", "title"], ...rows], 5), exit: 0 };
  },
});

const KEPT_BY_THE_PRODUCT = new Set(["version", "status", "effective_from", "effective_to", "definition_digest"]);

/** A rule as a file holds it: what people write, without what says nothing. */
const asFile = (rule: Readonly<Record<string, unknown>>): string =>
  stringify(
    Object.fromEntries(
      Object.entries(rule).filter(([field, value]) => !KEPT_BY_THE_PRODUCT.has(field) && value !== null),
    ),
  );

const exportCommand = command({
  name: "export",
  description: "Write the allocation rules in force into a folder, one file a rule",
  args: { dir: { type: "positional", description: "Folder; made where it is not there", required: true }, ...PERIOD },
  work: async (api, args) => {
    const found = inForce.parse(await api.request("GET", `/allocation/rules${periodQuery(args.period)}`));
    await mkdir(args.dir, { recursive: true });
    const files = found.rules.map((rule) => ({ path: join(args.dir, `${rule.rule_id}.yaml`), text: asFile(rule) }));
    for (const { path, text } of files) await writeFile(path, text);
    return {
      json: { period: found.period, files: files.map(({ path }) => path) },
      lines: [`${files.length} rules written to ${args.dir}`],
      exit: 0,
    };
  },
});

export const rules = defineCommand({
  meta: { name: "rules", description: "Allocation rules as files" },
  subCommands: {
    list: listCommand,
    export: exportCommand,
    plan: planCommand,
    apply: applyCommand,
    preview: previewCommand,
  },
});
