import { defineCommand } from "citty";
import { z } from "zod";
import { invalid, Problem } from "@commops/core/kernel";
import { csvRows } from "../csv-file.ts";
import { command } from "../command.ts";
import type { Answer } from "../run.ts";

const counts = z.looseObject({ rows: z.number(), created: z.number(), updated: z.number() });
const unbound = z.object({ unbound: z.array(z.string()) });

const answerOf = (total: z.output<typeof counts>, warnings: readonly string[] = []): Answer => ({
  json: { rows: total.rows, created: total.created, updated: total.updated },
  lines: [`${total.rows} rows: ${total.created} created, ${total.updated} updated`],
  warnings,
  exit: 0,
});

/** What people must know of tenants that came before the first plan. */
const unboundWarning = (ids: readonly string[]): string[] =>
  ids.length === 0
    ? []
    : [
        `${ids.length} tenants have no plan, since none is published yet, and are not billed. Publish their plans (PUT /plans/{plan_code}), then import the file again.`,
      ];

const FILE = { file: { type: "positional", description: "CSV with a header", required: true } } as const;

/** The API names a row by its place in the request; people look for it in their file, where the header is line 1. */
const inFile = async <T>(file: string, request: Promise<T>, before = 0): Promise<T> => {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const placed = (text: string): string =>
      text.replaceAll(
        /\b(?:rows|snapshots)\.(\d+)\.?/g,
        (_, index: string) => `${file}:${Number(index) + before + 2} `,
      );
    const details = error.details.map(({ field, reason }) => ({ field: placed(field).trim(), reason }));
    throw new Problem(error.kind, error.code, placed(error.message), { cause: error, details });
  }
};

const importTenants = command({
  name: "import",
  description: "Create or update tenants: tenant_id, tenant_name, plan_code, seats",
  args: FILE,
  work: async (api, args) => {
    const rows = (await csvRows(args.file, ["tenant_id", "tenant_name"])).map(({ line, cells }) => {
      const seats = cells["seats"] ?? "";
      if (!/^\d*$/.test(seats)) throw invalid(`${args.file}:${line}`, `seats is not a whole number: ${seats}`);
      return {
        tenant_id: cells["tenant_id"] ?? "",
        tenant_name: cells["tenant_name"] ?? "",
        ...(cells["plan_code"] ? { plan_code: cells["plan_code"] } : {}),
        ...(seats === "" ? {} : { seats: Number(seats) }),
      };
    });
    const done = await inFile(args.file, api.request("POST", "/tenants:import", { rows }));
    return answerOf(counts.parse(done), unboundWarning(unbound.parse(done).unbound));
  },
});

/** Rows a request, each request all or none: the most that the API takes. */
const BATCH = 100_000;

const importUsage = command({
  name: "import",
  description: "Record usage: usage_date, tenant_id, metric_code, metric_value",
  args: FILE,
  work: async (api, args) => {
    const columns = ["usage_date", "tenant_id", "metric_code", "metric_value"];
    const snapshots = (await csvRows(args.file, columns)).map(({ cells }) => cells);
    const total = { rows: 0, created: 0, updated: 0 };
    for (let start = 0; start < snapshots.length; start += BATCH) {
      const batch = snapshots.slice(start, start + BATCH);
      const request = api.request("POST", "/usage/snapshots", { snapshots: batch });
      const done = counts.parse(await inFile(args.file, request, start));
      total.rows += done.rows;
      total.created += done.created;
      total.updated += done.updated;
    }
    return answerOf(total);
  },
});

export const tenants = defineCommand({
  meta: { name: "tenants", description: "Tenants" },
  subCommands: { import: importTenants },
});

export const usage = defineCommand({
  meta: { name: "usage", description: "Usage snapshots" },
  subCommands: { import: importUsage },
});
