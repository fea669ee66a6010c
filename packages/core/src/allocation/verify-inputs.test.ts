import { afterAll, beforeAll, expect, test } from "vitest";
import { type AllocationWorld, allocationWorld, LINES } from "../../testing/allocation-world.ts";
import { tampered } from "../../testing/tampering.ts";
import { allocatePeriod, verifyAllocation } from "./index.ts";

let world: AllocationWorld;
let runId: string;

beforeAll(async () => {
  world = await allocationWorld();
  await world.deliver("CUR-1", LINES);
  await world.use({ "TEN-A": "1", "TEN-B": "2" });
  ({ run_id: runId } = await allocatePeriod.run(world.call, { period: "2025-09" }));
});
afterAll(() => world.database.close());

test("a run that nobody touched is equal", async () => {
  expect(await verifyAllocation.run(world.call, { run_id: runId })).toMatchObject({ ok: true, first_difference: null });
});

test.each<[string, string, string, object]>([
  [
    "a rule version",
    "allocation_rules",
    `keys = '[{"metric_code": "nat_gb_processed", "weight": "2"}]' where rule_id = 'nat-gb'`,
    { pool: null, rule: "nat-gb@1", field: "inputs/rules/keys.0.weight", stored: "2", recomputed: "1" },
  ],
  [
    "the rules that a run kept",
    "allocation_input",
    `rules = jsonb_set(rules, '{0,title}', '"another"')`,
    { pool: null, field: "inputs/rulesDigest" },
  ],
  [
    "the usage that a run kept",
    "allocation_input",
    `usage = jsonb_set(usage, '{0,value}', '"7"')`,
    { pool: null, field: "inputs/usageDigest" },
  ],
  [
    "the tenants that a run kept",
    "allocation_input",
    `tenants = jsonb_set(tenants, '{0,status}', '"closed"')`,
    { pool: null, field: "inputs/tenantsDigest" },
  ],
  [
    "where a row says its lines are",
    "fact_cost_allocated",
    `source_line_ids = '{"pool": 9}' where kind = 'untagged'`,
    { field: "source_line_ids", stored: '{"pool":9}' },
  ],
  [
    "what a row links to",
    "fact_cost_allocated",
    `evidence_links = '[]' where kind = 'untagged'`,
    { field: "evidence_links", stored: "[]" },
  ],
  [
    "the month of a row",
    "fact_cost_allocated",
    `period_start = '2025-08-01' where kind = 'untagged'`,
    { field: "period_start", stored: "2025-08-01", recomputed: "2025-09-01" },
  ],
  [
    "the category of a row",
    "fact_cost_allocated",
    `category = 'OTHER' where kind = 'allocated'`,
    { field: "category" },
  ],
])("%s that was changed behind the guards is named", async (_, table, change, difference) => {
  const tampering = { tables: [table], statements: [`update ${table} set ${change}`] };
  const verdict = await tampered(world.call.world, tampering, (inside) =>
    verifyAllocation.run({ ...world.call, world: inside }, { run_id: runId }),
  );
  expect(verdict).toMatchObject({ ok: false, first_difference: { run_id: runId, ...difference } });
});
