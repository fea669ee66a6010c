import { defineCommand } from "citty";
import { z } from "zod";
import { invalid } from "@commops/core/kernel";
import { csvRows } from "../csv-file.ts";
import { json } from "../flags.ts";
import { type Answer, run } from "../run.ts";

const counts = z.looseObject({ rows: z.number(), created: z.number(), updated: z.number() });

const answerOf = (total: z.output<typeof counts>): Answer => ({
  json: { rows: total.rows, created: total.created, updated: total.updated },
  lines: [`${total.rows} rows: ${total.created} created, ${total.updated} updated`],
  exit: 0,
});

const FILE = { file: { type: "positional", description: "CSV with a header", required: true } } as const;

export const tenants = defineCommand({
  meta: { name: "tenants", description: "Tenants" },
  subCommands: {
    import: defineCommand({
      meta: { name: "import", description: "Create or update tenants: tenant_id, tenant_name, plan_code, seats" },
      args: { ...FILE, ...json },
      run: ({ args }) =>
        run(args.json, async (api) => {
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
          return answerOf(counts.parse(await api.request("POST", "/tenants:import", { rows })));
        }),
    }),
  },
});

/** Rows a request: far below the API's limit on body size. */
const BATCH = 10_000;

export const usage = defineCommand({
  meta: { name: "usage", description: "Usage snapshots" },
  subCommands: {
    import: defineCommand({
      meta: { name: "import", description: "Record usage: usage_date, tenant_id, metric_code, metric_value" },
      args: { ...FILE, ...json },
      run: ({ args }) =>
        run(args.json, async (api) => {
          const columns = ["usage_date", "tenant_id", "metric_code", "metric_value"];
          const snapshots = (await csvRows(args.file, columns)).map(({ cells }) => cells);
          const total = { rows: 0, created: 0, updated: 0 };
          for (let start = 0; start < snapshots.length; start += BATCH) {
            const batch = snapshots.slice(start, start + BATCH);
            const done = counts.parse(await api.request("POST", "/usage/snapshots", { snapshots: batch }));
            total.rows += done.rows;
            total.created += done.created;
            total.updated += done.updated;
          }
          return answerOf(total);
        }),
    }),
  },
});
