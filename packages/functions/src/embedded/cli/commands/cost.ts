import { defineCommand } from "citty";
import { z } from "zod";
import { aligned } from "../columns.ts";
import { command } from "../command.ts";

const summaryAnswer = z.looseObject({
  currency: z.string(),
  total: z.string(),
  groups: z.array(z.object({ key: z.record(z.string(), z.string().nullable()), cost: z.string(), rows: z.number() })),
});

const summary = command({
  name: "summary",
  description: "Cost of a billing period, by service, tenant or line item type",
  args: {
    period: { type: "string", description: "YYYY-MM", required: true },
    basis: {
      type: "string",
      description: "unblended, amortized, net_unblended or net_amortized",
      default: "unblended",
    },
    by: {
      type: "string",
      description: "service, tenant, line_item_type: any of them, with commas",
      default: "service",
    },
  },
  work: async (api, args) => {
    const query = new URLSearchParams({ period: args.period, basis: args.basis, by: args.by });
    const answer = summaryAnswer.parse(await api.request("GET", `/cost/summary?${query}`));
    const names = args.by.split(",");
    const rows = answer.groups.map((group) => [
      ...names.map((name) => group.key[name] ?? "(none)"),
      String(group.rows),
      group.cost,
    ]);
    const lines = aligned(
      [
        [...names, "rows", `cost ${answer.currency}`],
        ...rows,
        ["total", ...names.slice(1).map(() => ""), "", answer.total],
      ],
      names.length,
    );
    return { json: answer, lines, exit: 0 };
  },
});

export const cost = defineCommand({ meta: { name: "cost", description: "AWS cost" }, subCommands: { summary } });

const allocation = z.looseObject({
  total: z.string(),
  direct: z.string(),
  allocated: z.string(),
  overhead: z.string(),
  untagged: z.string(),
  per_service: z.array(
    z.looseObject({
      service: z.string(),
      total: z.string(),
      direct: z.string(),
      allocated: z.string(),
      overhead: z.string(),
      untagged: z.string(),
    }),
  ),
});

export const allocate = command({
  name: "allocate",
  description: "Allocate the cost of a billing period to tenants",
  args: {
    period: { type: "string", description: "YYYY-MM", required: true },
    basis: {
      type: "string",
      description: "unblended, amortized, net_unblended or net_amortized",
      default: "amortized",
    },
  },
  work: async (api, args) => {
    const answer = allocation.parse(
      await api.request("POST", "/cost/allocations:run", { period: args.period, basis: args.basis }),
    );
    const columns = ["direct", "allocated", "overhead", "untagged", "total"] as const;
    const rows = [...answer.per_service, { service: "all", ...answer }].map((row) => [
      String(row.service),
      ...columns.map((column) => String(row[column])),
    ]);
    return { json: answer, lines: aligned([["service", ...columns], ...rows], 1), exit: 0 };
  },
});
