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

const projectionAnswer = z.looseObject({
  period: z.string(),
  currency: z.string(),
  as_of: z.string().nullable(),
  whole_days: z.number(),
  days: z.number(),
  month_to_date: z.string(),
  projected: z.string().nullable(),
  forecast: z.object({
    source: z.string().nullable(),
    total: z.string().nullable(),
    low: z.string().nullable(),
    high: z.string().nullable(),
    difference: z.string().nullable(),
    unavailable: z.string().nullable(),
  }),
});

const projection = command({
  name: "projection",
  description: "What a month comes to by its run rate, beside AWS's own forecast",
  args: {
    period: { type: "string", description: "YYYY-MM; the month that runs by default" },
    basis: { type: "string", description: "unblended or amortized, net_ of each", default: "unblended" },
  },
  work: async (api, args) => {
    const query = new URLSearchParams({
      basis: args.basis,
      ...(args.period === undefined ? {} : { period: args.period }),
    });
    const answer = projectionAnswer.parse(await api.request("GET", `/cost/projection?${query}`));
    const { forecast } = answer;
    const theirs =
      forecast.total === null
        ? [`no forecast beside it: ${forecast.unavailable ?? ""}`]
        : [
            `${forecast.source ?? ""}: ${forecast.total} (${forecast.low ?? "?"} to ${forecast.high ?? "?"})`,
            `difference: ${forecast.difference ?? "?"}`,
          ];
    const lines = [
      `${answer.period}: ${answer.month_to_date} ${answer.currency} so far`,
      `run rate of ${answer.whole_days} of ${answer.days} days: ${answer.projected ?? "no whole day yet"}`,
      ...theirs,
    ];
    return { json: answer, lines, exit: 0 };
  },
});

export const cost = defineCommand({
  meta: { name: "cost", description: "AWS cost" },
  subCommands: { summary, projection },
});

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
