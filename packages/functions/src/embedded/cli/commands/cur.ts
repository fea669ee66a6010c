import { resolve } from "node:path";
import { defineCommand } from "citty";
import { z } from "zod";
import { aligned } from "../columns.ts";
import { command } from "../command.ts";
import type { ExitCode } from "../run.ts";
import { waitForRun } from "../wait.ts";

const finding = z.looseObject({ code: z.string(), severity: z.string(), message: z.string() });
const imported = z.array(
  z.looseObject({
    period: z.string().nullable(),
    currency: z.string().nullable(),
    format: z.string().nullable(),
    rows: z.number(),
    total_unblended_cost: z.string(),
    findings: z.array(finding),
  }),
);

/** Findings that quarantine end with 1; those that only warn with 0. */
const exitOf = (results: z.output<typeof imported>): ExitCode =>
  results.some((result) => result.findings.some((found) => found.severity === "quarantine")) ? 1 : 0;

const describe = (results: z.output<typeof imported>): string[] => [
  ...aligned(
    [
      ["period", "format", "currency", "rows", "unblended cost"],
      ...results.map((result) => [
        result.period ?? "-",
        result.format ?? "-",
        result.currency ?? "-",
        String(result.rows),
        result.total_unblended_cost,
      ]),
    ],
    3,
  ),
  ...results.flatMap((result) =>
    result.findings.map((found) => `${result.period ?? "-"} ${found.severity}: ${found.message}`),
  ),
];

const importCommand = command({
  name: "import",
  description: "Import an AWS Cost and Usage Report: a file, a folder or a manifest",
  args: {
    path: { type: "positional", description: "CSV, CSV.gz or Parquet file, folder, or manifest", required: true },
    format: { type: "string", description: "auto, cur2, cur-legacy or focus", default: "auto" },
  },
  work: async (api, args) => {
    const started = await api.request("POST", "/cost/deliveries", {
      path: resolve(args.path),
      ...(args.format === "auto" ? {} : { format: args.format }),
    });
    const results = imported.parse(await waitForRun(api, started));
    return { json: results, lines: describe(results), exit: exitOf(results) };
  },
});

const watched = z.object({
  sources: z.array(
    z.looseObject({
      source: z.string(),
      found: z.number(),
      imported,
      failed: z.array(z.string()),
      problems: z.array(z.string()),
    }),
  ),
});

const discoverCommand = command({
  name: "discover",
  description: "Look at the watched cost sources (COST_SOURCES) now, and import what is new",
  args: {},
  work: async (api) => {
    const { sources } = watched.parse(await waitForRun(api, await api.request("POST", "/cost/sources:discover", {})));
    const results = sources.flatMap((source) => source.imported);
    const problems = sources.flatMap((source) => [...source.failed, ...source.problems]);
    return {
      json: sources,
      lines: [
        ...sources.map((source) => `${source.source}: ${source.found} new, ${source.imported.length} imported`),
        ...(results.length > 0 ? describe(results) : []),
        ...problems,
      ],
      exit: problems.length > 0 ? 1 : exitOf(results),
    };
  },
});

export const cur = defineCommand({
  meta: { name: "cur", description: "AWS cost reports" },
  subCommands: { import: importCommand, discover: discoverCommand },
});
