import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { codesOf, curWorld, inPeriod } from "../../testing/cur-world.ts";
import { type Cells, cur2Csv } from "../../testing/cur.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import { acceptFinding, costFindings, costPartitions } from "./index.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.close());
let cur: Awaited<ReturnType<typeof curWorld>>;
beforeEach(async () => {
  cur = await curWorld(world);
});
const engineer = () => callAs(world, actorOf("platform_engineer"));

const NOBODY: Cells = { bill_payer_account_id: "" };
const month = (period: string, cells: Cells = {}): string =>
  cur2Csv([1, 2, 3].map((cost) => inPeriod(period, { line_item_unblended_cost: String(cost), ...cells })));
const active = async (period: string): Promise<string[]> =>
  (await costPartitions.run(engineer(), { period })).partitions
    .filter((one) => one.status === "active")
    .map((one) => `${one.payers.join()} ${one.unblended_cost}`);

test("a report that names no payer counts, and gives its place to the next one of its month", async () => {
  const results = await cur.importText(month("2023-01", NOBODY), "anonymous.csv");
  expect(results).toMatchObject([{ status: "active", total_unblended_cost: "6.000000" }]);
  expect(codesOf(results)).toContain("no_payer");
  expect(await cur.importText(month("2023-01"), "named.csv")).toMatchObject([{ status: "active" }]);
  expect(await active("2023-01")).toEqual(["111111111111 6.000000000000"]);
});

test("one that names no payer where a payer's cost counts already waits for a decision, since it may be the same cost", async () => {
  await cur.importText(month("2023-02"), "named.csv");
  const [waiting] = await cur.importText(month("2023-02", NOBODY), "anonymous.csv");
  expect(waiting).toMatchObject({ status: "quarantined" });
  expect(waiting?.findings).toContainEqual(
    expect.objectContaining({ code: "unnamed_payer", message: expect.stringContaining("payer 111111111111 already") }),
  );
  expect(await active("2023-02")).toEqual(["111111111111 6.000000000000"]);
  const { findings } = await costFindings.run(engineer(), { period: "2023-02", state: "open" });
  for (const finding of findings.filter((one) => one.severity === "quarantine"))
    await acceptFinding.run(engineer(), { finding_id: finding.finding_id, reason: "the same month without names" });
  expect(await active("2023-02")).toEqual([" 6.000000000000"]);
});
