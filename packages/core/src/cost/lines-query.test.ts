import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openNormaliser } from "../../testing/cost-lines.ts";
import { cur2Csv } from "../../testing/cur.ts";
import { type LineFilter, linesQuery } from "./queries.ts";

let lines: Awaited<ReturnType<typeof openNormaliser>>;
let all: Awaited<ReturnType<typeof lines.normalise>>;
beforeAll(async () => {
  lines = await openNormaliser();
  const tags = ['{"user_tenant_id":"TEN-1"}', '{"user_tenant_id":"TEN-2"}', '{"user_tenant_id":""}', "{}"];
  const days = ["2026-06-01T00:00:00.000Z", "2026-06-02T00:00:00.000Z", "no day", "2026-06-30T23:00:00.000Z"];
  all = await lines.normalise(
    cur2Csv(
      tags.flatMap((resource_tags) =>
        days.flatMap((line_item_usage_start_date) =>
          ["AmazonEC2", ""].map((line_item_product_code) => ({
            resource_tags,
            line_item_usage_start_date,
            line_item_product_code,
          })),
        ),
      ),
    ),
  );
});
afterAll(() => lines.close());

const rowsOf = async (filter: Omit<LineFilter, "haveDays"> & { haveDays?: boolean }, limit = 100) => {
  const { text, parameters } = linesQuery({ haveDays: false, ...filter }, limit);
  const found = await lines.lake.query(text, {
    tables: { fact_cost_raw: [join(lines.folder, "1.parquet")] },
    parameters,
  });
  return found.map((row) => row["source_row"]);
};
const expected = (keep: (row: (typeof all)[number]) => boolean) => all.filter(keep).map((row) => row["source_row"]);
const tenantOf = (row: (typeof all)[number]) => row["resource_tags_user_tenant_id"] ?? "";
/** A line without a day counts on its period's first one. */
const dayOf = (row: (typeof all)[number]) => String(row["usage_date"] ?? "2026-06-01");

test("lines are found by their tenant, and a blank one means without a tenant", async () => {
  expect(all).toHaveLength(32);
  expect(await rowsOf({ exactly: { tenant: "TEN-1" } })).toEqual(expected((row) => tenantOf(row) === "TEN-1"));
  expect(await rowsOf({ exactly: { tenant: "" } })).toEqual(expected((row) => tenantOf(row) === ""));
  expect(await rowsOf({ exactly: { tenant: "", service: "" } })).toEqual(
    expected((row) => tenantOf(row) === "" && (row["line_item_product_code"] ?? "") === ""),
  );
});

test.each([
  ["2026-06-01", "2026-06-01"],
  ["2026-06-02", "2026-06-30"],
  ["2026-06-01", undefined],
  [undefined, "2026-06-01"],
])("lines from %s to %s are found by the day that they count on", async (from, to) => {
  expect(await rowsOf({ exactly: {}, from, to })).toEqual(
    expected((row) => dayOf(row) >= (from ?? "") && dayOf(row) <= (to ?? "9")),
  );
});

test("where every line has its day, days alone decide", async () => {
  expect(await rowsOf({ exactly: {}, from: "2026-06-01", to: "2026-06-02", haveDays: true })).toEqual(
    expected((row) => row["usage_date"] !== null && dayOf(row) <= "2026-06-02"),
  );
});

test("a page goes on behind the last line of the one before", async () => {
  const filter = { exactly: { service: "AmazonEC2" } };
  const whole = await rowsOf(filter);
  const [first = 0] = (await rowsOf(filter, 5)).slice(-1);
  expect(await rowsOf({ ...filter, after: { digest: "d", row: Number(first) } })).toEqual(whole.slice(5));
  expect(await rowsOf({ ...filter, after: { digest: "e", row: 0 } })).toEqual([]);
});
