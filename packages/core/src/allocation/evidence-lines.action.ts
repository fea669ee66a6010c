import { z } from "zod";
import { costLines, readDelivery } from "../cost/index.ts";
import { type DeliveryId, invalid, pageOf, pageRequest } from "../kernel/index.ts";
import type { LakeValue } from "../ports/index.ts";
import { queryIdOf, view, type ViewDoor } from "../record/index.ts";
import { explainAllocation } from "./list-allocations.action.ts";

type Explained = Awaited<ReturnType<typeof explainAllocation.run>>;

/** Where a line stands: the order of pages. */
interface Place {
  readonly file: string;
  readonly row: number;
}

const placeOf = (after: string | undefined): Place | undefined => {
  if (after === undefined) return undefined;
  const [, row, file] = /^(\d+):(.*)$/s.exec(after) ?? [];
  if (row === undefined || file === undefined)
    throw invalid("page_token", "not a token of this list; leave it out for the first page");
  return { file, row: Number(row) };
};

/** The columnar files of the deliveries that an allocation was made from, superseded ones too. */
const locationsOf = async (door: ViewDoor, { deliveries }: Explained): Promise<string[]> => {
  const keys = await door.load(async (tx) => {
    const files: string[] = [];
    for (const { delivery_id: id } of deliveries) {
      const delivery = await readDelivery(tx, id as DeliveryId);
      files.push(...(delivery?.columnarFiles ?? []).map((file) => file.key));
    }
    return files;
  });
  return Promise.all(keys.map((key) => door.files.location(key)));
};

/** A page of the lines that a pool's query finds: one query text for both engines. */
export const evidencePage = (
  query: Explained["query"],
  after: Place | undefined,
  limit: number,
): { readonly text: string; readonly parameters: readonly LakeValue[] } => ({
  text: `select * from (${query.text}) as evidence${
    after === undefined ? "" : " where source_file > ? or (source_file = ? and source_row > ?)"
  } order by source_file, source_row limit ${limit}`,
  parameters: [...query.parameters, ...(after === undefined ? [] : [after.file, after.file, after.row])],
});

/**
 * The lines of the cost report behind a number: of a billing period or a delivery by filters, or with `allocation_id` the lines of the pool
 * that an allocated amount is a share of, found by the query that is its evidence; they add up to the pool. Amounts are decimal text.
 */
export const linesBehind = view(
  "cost.lines",
  {
    needs: "cost:read",
    input: costLines.input.extend({
      allocation_id: z
        .string()
        .regex(/^\d{1,18}$/, "must be a number")
        .optional(),
    }),
  },
  async (door, { allocation_id: allocationId, ...rest }) => {
    if (allocationId === undefined) return costLines.run(door.call, rest);
    const explained = await explainAllocation.run(door.call, { allocation_id: allocationId });
    const request = pageRequest(rest.page_size, rest.page_token);
    const { text, parameters } = evidencePage(explained.query, placeOf(request.after), request.size + 1);
    const locations = await locationsOf(door, explained);
    const rows =
      locations.length === 0
        ? []
        : await door.lake.query<Record<string, LakeValue>>(text, { tables: { fact_cost_raw: locations }, parameters });
    const page = pageOf(rows, request, (row) => `${String(row["source_row"])}:${String(row["source_file"])}`);
    return {
      allocation: explained.allocation,
      pool: { cost: explained.pool.cost, lines: explained.pool.lines },
      query: { query_id: queryIdOf(explained.query.text), ...explained.query },
      deliveries: explained.deliveries,
      lines: page.rows.map((row) => ({ ...row, source_row: Number(row["source_row"]) })),
      ...(page.nextToken === undefined ? {} : { next_page_token: page.nextToken }),
    };
  },
);
