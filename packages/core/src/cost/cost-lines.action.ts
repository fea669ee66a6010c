import { z } from "zod";
import { invalid, missing, monthInput, pageInput, pageOf, pageRequest, type DeliveryId } from "../kernel/index.ts";
import type { LakeValue } from "../ports/index.ts";
import { view } from "../record/index.ts";
import { addedTo } from "./added.store.ts";
import { costFilters } from "./cost-summary.action.ts";
import { pathsOf } from "./daily.store.ts";
import { readDelivery, readFindings } from "./deliveries.store.ts";
import { activeDeliveries } from "./period-cost.store.ts";
import { type LineFilter, linesQuery } from "./queries.ts";

const deliveryInput = z.custom<DeliveryId>((value) => typeof value === "string" && value.startsWith("CUR-"), {
  message: "a delivery id looks like CUR-2026-06-1b83f68dda3dcedc",
});

/** Digest of the raw file and row number: where a line stands, and the order of pages. */
const positionOf = (after: string): { digest: string; row: number } => {
  const [digest, row] = after.split(":");
  if (digest === undefined || !/^\d+$/.test(row ?? ""))
    throw invalid("page_token", "not a token of this list; leave it out for the first page");
  return { digest, row: Number(row) };
};

/**
 * The lines of the cost report behind a number: of a billing period's active deliveries, or of one delivery (also a superseded one), in the order of
 * their file and row, with what columns hold that came since the first delivery of the format. Amounts are decimal text. Throws missing when there is no such delivery.
 */
export const costLines = view(
  "cost.lines",
  {
    needs: "cost:read",
    input: z.object({
      period: monthInput.optional(),
      delivery_id: deliveryInput.optional(),
      ...costFilters,
      plan: z.string().optional(),
      payer: z.string().optional(),
      resource_id: z.string().optional(),
      ...pageInput,
    }),
  },
  async (door, input) => {
    const { period, delivery_id } = input;
    if (period === undefined && delivery_id === undefined)
      throw invalid("period", "name a billing period (YYYY-MM) or a delivery_id");
    const { deliveries, haveDays } = await door.load(async (tx) => {
      const active = period === undefined ? [] : await activeDeliveries(tx, { period });
      const ids = delivery_id === undefined ? active.map((delivery) => delivery.deliveryId) : [delivery_id];
      const found = [];
      for (const id of ids) found.push(await readDelivery(tx, id));
      const findings = await readFindings(tx, ids);
      return {
        deliveries: found.flatMap((one) => one ?? []),
        haveDays: findings.every(({ code }) => code !== "unparsable_date"),
      };
    });
    const columnar = deliveries.flatMap((delivery) => delivery.columnarFiles);
    if (columnar.length === 0) throw missing("an active cost delivery for", delivery_id ?? period ?? "");
    const request = pageRequest(input.page_size, input.page_token);
    const {
      from,
      to,
      page_size: _size,
      page_token: _token,
      period: _period,
      delivery_id: _delivery,
      ...exactly
    } = input;
    const filter: LineFilter = {
      exactly,
      from,
      to,
      haveDays,
      after: request.after === undefined ? undefined : positionOf(request.after),
    };
    const { text, parameters } = linesQuery(filter, request.size + 1);
    const rows = await door.lake.query<Record<string, LakeValue>>(text, {
      tables: { fact_cost_raw: await pathsOf(door, columnar) },
      parameters,
    });
    const page = pageOf(rows, request, (row) => `${String(row["source_digest"])}:${String(row["source_row"])}`);
    const added = await addedTo(door, deliveries, page.rows);
    return {
      lines: page.rows.map((row, index) => ({
        ...row,
        source_row: Number(row["source_row"]),
        ...(added[index] ? { added_columns: added[index] } : {}),
      })),
      ...(page.nextToken === undefined ? {} : { next_page_token: page.nextToken }),
    };
  },
);
