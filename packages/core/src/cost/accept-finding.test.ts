import { afterAll, beforeAll, expect, test } from "vitest";
import { codesOf, curWorld, inPeriod } from "../../testing/cur-world.ts";
import { cur2Csv } from "../../testing/cur.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import { acceptFinding, costFindings, costPartitions, costPolicy, findingEvidence, setCostPolicy } from "./index.ts";

let world: TestWorld;
let cur: Awaited<ReturnType<typeof curWorld>>;
beforeAll(async () => {
  world = await testWorld();
  cur = await curWorld(world);
});
afterAll(() => world.close());

const engineer = () => callAs(world, actorOf("platform_engineer"));
const wrong = { line_item_unblended_cost: "1,5x" };
const late = { line_item_usage_start_date: "June 3rd" };
const openOf = async (period: string) =>
  (await costFindings.run(engineer(), { period, severity: "quarantine" })).findings;
const accept = (finding_id: string, reason = "AWS delivers nothing better") =>
  acceptFinding.run(engineer(), { finding_id, reason });

test("the last quarantine that is accepted lets the delivery in, with its reason, and not before", async () => {
  const [before] = await cur.importText(cur2Csv([inPeriod("2024-01")]), "good.csv");
  await cur.importText(cur2Csv([inPeriod("2024-01", wrong), inPeriod("2024-01", late)]), "odd.csv");
  const [first, second] = await openOf("2024-01");
  expect([first, second].map((item) => item?.code)).toEqual(["unparsable_amount", "unparsable_date"]);
  expect(await accept(first?.finding_id ?? "")).toMatchObject({
    delivery_status: "quarantined",
    still_open: [second?.finding_id],
    finding: { accepted: { by: engineer().actor.id, reason: "AWS delivers nothing better" } },
  });
  expect((await cur.dailyOf("2024-01")).map((row) => row.deliveryId)).toEqual([before?.delivery_id]);
  expect(await accept(second?.finding_id ?? "")).toMatchObject({ delivery_status: "active", still_open: [] });
  expect((await cur.dailyOf("2024-01")).map((row) => [row.deliveryId, row.rowCount])).toEqual([
    [first?.delivery_id, 1],
    [first?.delivery_id, 1],
  ]);
  expect((await costPartitions.run(engineer(), { period: "2024-01" })).partitions.map((row) => row.status)).toEqual([
    "active",
    "superseded",
  ]);
  const accepted = await costFindings.run(engineer(), { period: "2024-01", state: "accepted" });
  expect(accepted.findings).toHaveLength(2);
});

test("a finding is accepted once, with a reason, by who may write cost", async () => {
  await cur.importText(cur2Csv([inPeriod("2024-02", wrong)]));
  const id = (await openOf("2024-02"))[0]?.finding_id ?? "";
  await expect(accept(id, " ")).rejects.toThrow(/reason/);
  await expect(
    acceptFinding.run(callAs(world, actorOf("finance")), { finding_id: id, reason: "as agreed" }),
  ).rejects.toMatchObject({ kind: "forbidden" });
  await accept(id);
  await expect(accept(id)).rejects.toMatchObject({ kind: "precondition" });
  await expect(accept("CUR-2024-02-none.1")).rejects.toMatchObject({ kind: "missing" });
  await expect(accept("nonsense")).rejects.toThrow(/looks like CUR-/);
});

test("a quarantined delivery that is accepted late does not push out a newer one", async () => {
  await cur.importText(cur2Csv([inPeriod("2024-03", wrong)]), "old.csv");
  world.clock.set("2026-07-10T09:00:00Z");
  const [newer] = await cur.importText(cur2Csv([inPeriod("2024-03")]), "new.csv");
  await expect(accept((await openOf("2024-03"))[0]?.finding_id ?? "")).rejects.toThrow(newer?.delivery_id ?? "none");
  expect((await cur.dailyOf("2024-03")).map((row) => row.deliveryId)).toEqual([newer?.delivery_id]);
});

test("an accepted finding stays accepted when the same bytes come again", async () => {
  const bytes = cur2Csv([inPeriod("2024-04", wrong), inPeriod("2024-04", late)]);
  await cur.importText(bytes);
  await accept((await openOf("2024-04"))[0]?.finding_id ?? "");
  const again = await cur.importText(bytes);
  expect(again).toMatchObject([{ status: "quarantined" }]);
  expect(await openOf("2024-04")).toHaveLength(1);
});

test("every finding shows what it rests on, by a query over its own delivery", async () => {
  await cur.importText(cur2Csv([inPeriod("2024-05"), inPeriod("2024-05", { line_item_line_item_type: "Novelty" })]));
  const { findings } = await costFindings.run(engineer(), { period: "2024-05" });
  const unknown = findings.find((item) => item.code === "unknown_line_type");
  expect(unknown).toMatchObject({ subject: "Novelty", advice: expect.stringContaining("operator"), accepted: null });
  expect((await findingEvidence.run(engineer(), { finding_id: unknown?.finding_id ?? "" })).rows).toMatchObject([
    { source_row: expect.anything(), line_item_line_item_type: "Novelty", line_item_unblended_cost: "1.500000000000" },
  ]);
});

test("the policy decides what quarantines, is versioned, and holds for deliveries from then on", async () => {
  const novel = { line_item_line_item_type: "Novelty" };
  expect(await costPolicy.run(engineer(), {})).toMatchObject({ version: 0, created_by: null });
  expect(await cur.importText(cur2Csv([inPeriod("2024-06", novel)]))).toMatchObject([{ status: "active" }]);
  const strict = { severities: { unknown_line_type: "quarantine", unparsable_amount: "warning" } } as const;
  expect(await setCostPolicy.run(engineer(), { policy: strict, if_revision: 0 })).toMatchObject({ version: 1 });
  await expect(setCostPolicy.run(engineer(), { policy: {}, if_revision: 0 })).rejects.toMatchObject({
    kind: "version",
  });
  await expect(setCostPolicy.run(engineer(), { policy: { severities: { no_rows: "warning" } } })).rejects.toThrow(
    /no_rows/,
  );
  const [refused] = await cur.importText(cur2Csv([inPeriod("2024-07", novel)]));
  expect(refused).toMatchObject({ status: "quarantined", findings: [{ severity: "quarantine" }] });
  expect(await cur.importText(cur2Csv([inPeriod("2024-08", wrong)]))).toMatchObject([{ status: "active" }]);
  const { partitions } = await costPartitions.run(engineer(), { period: "2024-07" });
  expect(partitions).toMatchObject([{ policy_version: 1 }]);
  await setCostPolicy.run(engineer(), { policy: {} });
  expect(codesOf(await cur.importText(cur2Csv([inPeriod("2024-07", novel)])))).toContain("unknown_line_type");
  expect(await costPolicy.run(engineer(), {})).toMatchObject({
    version: 2,
    versions: [{ version: 2 }, { version: 1 }, { version: 0 }],
  });
});
