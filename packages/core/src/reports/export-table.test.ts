import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import { testDatabase } from "../../testing/database.ts";
import { placeInvoice, placeTenant } from "../../testing/invoices.ts";
import type { TenantId } from "../kernel/index.ts";
import type { Database } from "../ports/index.ts";
import type { Role, World } from "../record/index.ts";
import { month, monthPeriod } from "../time/index.ts";
import { EXPORTABLE } from "./exportable.ts";
import { exportTable } from "./index.ts";

let database: Database;
let world: World;
const A = "TEN-A" as TenantId;
beforeAll(async () => {
  database = await testDatabase();
  world = { database, clock: testClock("2026-07-10T08:00:00Z") } as unknown as World;
  await placeTenant(database, A);
  await placeInvoice(database, {
    invoiceId: "INV-202606-A",
    tenantId: A,
    period: monthPeriod(month("2026-06")),
    lines: [{ amountMinor: -1_250n }, { amountMinor: 5_000n }],
  });
});
afterAll(() => database.close());

const read = async (input: Record<string, string>, role: Role = "admin", tenantId?: TenantId) => {
  const stream = await exportTable.run(callAs(world, actorOf(role, role, tenantId)), input as { table: string });
  let text = "";
  for await (const chunk of stream.chunks) text += chunk;
  return { ...stream, text, records: text.split("\r\n").slice(0, -1) };
};

test.each(Object.keys(EXPORTABLE))("%s exports every column that it lists, instants in UTC", async (name) => {
  const { records } = await read({ table: name });
  expect(records[0]?.split(",")).toEqual(EXPORTABLE[name]?.columns);
  const rows = await database.transaction("operator", (tx) =>
    database.rows<{ name: string; type: string }>(
      tx,
      sql`select column_name as name, data_type as type from information_schema.columns where table_name = ${name}`,
    ),
  );
  const instants = rows.filter((row) => row.type.startsWith("timestamp")).map((row) => row.name);
  expect(instants.filter((column) => !column.endsWith("_at"))).toEqual([]);
});

test("amounts stay numbers, instants carry their zone", async () => {
  const { records, content_type: type, file_name: file } = await read({ table: "invoice_detail" });
  expect([type, file, records.length]).toEqual(["text/csv; charset=utf-8", "invoice_detail.csv", 3]);
  expect(records[1]).toContain(",-12.500000000000,-1250,");
  const header = await read({ table: "invoice_header", from: "2026-06-01", to: "2026-06-30" });
  expect(header.records[1]).toContain("2026-07-02T08:00:00.000Z");
  expect((await read({ table: "invoice_header", from: "2026-06-02" })).records).toHaveLength(1);
});

test("an export of several batches has every row once, in the order of the key", async () => {
  await database.transaction("operator", (tx) =>
    tx.execute(sql`insert into usage_snapshot_daily (tenant_id, metric_code, usage_date, version, is_current, metric_value, ingest_id, last_updated_at)
      select 'TEN-A', 'egress_gb', date '2020-01-01' + n, 1, true, n, 'ING', now() from generate_series(0, 2399) n`),
  );
  const { records } = await read({ table: "usage_snapshot_daily" });
  const ids = records.slice(1).map((record) => Number(record.split(",")[0]));
  expect(ids).toHaveLength(2400);
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
});

test("a cell that a spreadsheet would run is neutralised", async () => {
  await database.transaction("operator", (tx) =>
    tx.execute(sql`update tenant_master set tenant_name = '=HYPERLINK("http://evil")' where tenant_id = 'TEN-A'`),
  );
  expect((await read({ table: "tenant_master" })).text).toContain(`"'=HYPERLINK(""http://evil"")"`);
});

test("only listed tables are exported, each with its own scope, and never to a tenant", async () => {
  for (const table of ["user_account", "access_token", "outbox", "toString", "invoice_header; drop table x"])
    await expect(read({ table })).rejects.toMatchObject({ kind: "missing" });
  await expect(read({ table: "audit_event" }, "finance")).rejects.toMatchObject({ kind: "forbidden" });
  expect((await read({ table: "audit_event" }, "auditor")).records).toHaveLength(1);
  await expect(read({ table: "invoice_header" }, "tenant_admin", A)).rejects.toMatchObject({ kind: "forbidden" });
  await expect(read({ table: "journal_line", from: "2026-06-01" })).rejects.toMatchObject({ kind: "invalid" });
});
