import { dayInput, pageInput, pageOf, pageRequest } from "@commops/core/kernel";
import type { ExecutionSummary, Workflows } from "@commops/core/ports";
import { view } from "@commops/core/record";
import { MACHINES } from "@commops/core/workflows";
import { z } from "zod";
import { executionsOf } from "./read-events.ts";
import { READERS, shownExecution, STATUS_NAMES, STATUSES } from "./shown-execution.ts";

const MACHINE_NAMES = Object.keys(MACHINES);

/** A machine of this product, by name. */
export const machineInput = z
  .string()
  .refine((name) => MACHINE_NAMES.includes(name), { message: `is no machine; there are ${MACHINE_NAMES.join(", ")}` });

interface Filter {
  readonly status: keyof typeof STATUSES | undefined;
  readonly name: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Newest first; those of one instant by their ARN. */
const keyOf = (row: ExecutionSummary): string => `${row.startedAt.toISOString()} ${row.executionArn}`;

const DAY_ENDS = "T23:59:59.999Z";

/** The newest executions of one machine that pass, after a place of the list. */
const newest = async (
  workflows: Workflows,
  machine: string,
  filter: Filter,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly ExecutionSummary[]> => {
  const found: ExecutionSummary[] = [];
  const status = filter.status === undefined ? undefined : STATUSES[filter.status];
  for await (const row of executionsOf(workflows, { machine, status })) {
    const startedAt = row.startedAt.toISOString();
    if (filter.from !== undefined && startedAt < filter.from) break;
    if (filter.to !== undefined && startedAt > `${filter.to}${DAY_ENDS}`) continue;
    if (filter.name !== undefined && !row.name.toLowerCase().includes(filter.name.toLowerCase())) continue;
    if (page.after !== undefined && keyOf(row) >= page.after) continue;
    found.push(row);
    // One instant may hold several, in an order of the engine's own.
    if (found.length > page.limit && keyOf(row).slice(0, 24) < keyOf(found[page.limit - 1] ?? row).slice(0, 24)) break;
  }
  return found;
};

/** Executions of state machines, newest first, of one machine or of all. */
export const listExecutions = view(
  "workflows.executions",
  {
    needs: READERS,
    input: z.object({
      machine: machineInput.optional(),
      status: z.enum(STATUS_NAMES).optional(),
      /** A part of the name, which is a business key: an invoice, a period. */
      name: z.string().max(80).optional(),
      /** Days on which they were started, UTC. */
      from: dayInput.optional(),
      to: dayInput.optional(),
      ...pageInput,
    }),
  },
  async (door, input) => {
    const request = pageRequest(input.page_size, input.page_token);
    const { status, name, from, to } = input;
    const machines = input.machine === undefined ? MACHINE_NAMES : [input.machine];
    const page = { after: request.after, limit: request.size + 1 };
    const found: ExecutionSummary[] = [];
    for (const machine of machines)
      found.push(...(await newest(door.workflows, machine, { status, name, from, to }, page)));
    const rows = found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1)).slice(0, page.limit);
    const shown = pageOf(rows, request, keyOf);
    return { executions: shown.rows.map(shownExecution), next_page_token: shown.nextToken ?? null };
  },
);

/** The machines that there are, for a choice. */
export const listMachines = view("workflows.machines", { needs: READERS, input: z.object({}) }, async () => ({
  machines: Object.entries(MACHINES).map(([name, { definition }]) => ({
    machine: name,
    comment: definition.Comment ?? null,
  })),
}));
