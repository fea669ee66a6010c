import { mkdir, rm, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openS3, type S3Double } from "../../testing/aws/s3.ts";
import { inPeriod } from "../../testing/cur-world.ts";
import { cur2Csv, focusCsv } from "../../testing/cur.ts";
import { place } from "../../testing/database.ts";
import { actorOf, callAs, type TestWorld, testWorld } from "../../testing/world.ts";
import { bucketSource } from "../adapters/aws/bucket-source.ts";
import { folderSource } from "../adapters/embedded/folder-source.ts";
import type { CostSource } from "../ports/index.ts";
import { costPartitions, costSources, watchCost } from "./index.ts";

const BUCKET = "commops-test-cost";
let world: TestWorld;
let double: S3Double;
let client: S3Client;
beforeAll(async () => {
  [world, double] = await Promise.all([testWorld(), openS3(BUCKET, 2)]);
  client = new S3Client({
    endpoint: double.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    forcePathStyle: true,
    responseChecksumValidation: "WHEN_REQUIRED",
  });
});
afterAll(async () => {
  client.destroy();
  await double.close();
  await world.close();
});

/** A place of cost deliveries that a test can write to, as of a time. */
interface Place {
  readonly source: CostSource;
  put(name: string, text: string, at: string): Promise<void>;
  remove(name: string): Promise<void>;
}

let places = 0;
const folderPlace = async (): Promise<Place> => {
  const folder = join(world.folder, `watched-${(places += 1)}`);
  await mkdir(folder);
  return {
    source: folderSource(folder),
    put: async (name, text, at) => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      const path = await place(folder, name, text);
      await utimes(path, new Date(at), new Date(at));
    },
    remove: (name) => rm(join(folder, name)),
  };
};
const bucketPlace = async (): Promise<Place> => {
  const prefix = `cur-${(places += 1)}`;
  return {
    source: bucketSource(`s3://${BUCKET}/${prefix}`, client),
    put: async (name, text, at) => {
      const content = Buffer.from(text);
      const etag = `"${text.length}-${at}"`;
      double.bucket.objects.set(`${prefix}/${name}`, { content, metadata: {}, etag, modifiedAt: new Date(at) });
      return Promise.resolve();
    },
    remove: async (name) => {
      double.bucket.objects.delete(`${prefix}/${name}`);
      return Promise.resolve();
    },
  };
};

let years = 2010;
describe.each([
  ["a folder", folderPlace],
  ["a prefix of a bucket", bucketPlace],
] as const)("watching %s", (_, openPlace) => {
  let here: Place;
  let period: string;
  beforeEach(async () => {
    here = await openPlace();
    years += 1;
    period = `${years}-06`;
  });
  const engineer = () => callAs({ ...world, costSources: [here.source] }, actorOf("platform_engineer"));
  const watch = async () => (await watchCost.run(engineer(), {})).sources[0];
  const statesOf = async () => {
    const { sources } = await costSources.run(engineer(), {});
    const mine = sources.find((source) => source.name === here.source.name);
    return mine?.deliveries.map((one) => `${one.source_delivery_id ?? one.name} ${one.state}`).toSorted();
  };
  const manifest = (assemblyId: string, keys: readonly string[]): string =>
    JSON.stringify({
      assemblyId,
      reportName: "daily",
      billingPeriod: { start: `${period.replace("-", "")}01T000000.000Z` },
      reportKeys: keys,
      columns: [],
    });
  const costing = (amount: string): string => cur2Csv([inPeriod(period, { line_item_unblended_cost: amount })]);
  const standing = async () =>
    (await costPartitions.run(engineer(), { period })).partitions.map((one) => `${one.unblended_cost} ${one.status}`);

  test("a whole delivery is imported once, a newer one takes its place, and the older one stays readable", async () => {
    await here.put("m/a/daily-1.csv", costing("1"), "2026-07-01T00:00:00Z");
    await here.put("m/a/daily-Manifest.json", manifest("a", ["x/m/a/daily-1.csv"]), "2026-07-01T00:01:00Z");
    expect(await watch()).toMatchObject({ found: 1, problems: [], imported: [{ status: "active", period }] });
    expect(await watch()).toMatchObject({ found: 0, imported: [] });
    await here.put("m/b/daily-1.csv", costing("2"), "2026-07-02T00:00:00Z");
    await here.put("m/b/daily-Manifest.json", manifest("b", ["x/m/b/daily-1.csv"]), "2026-07-02T00:01:00Z");
    await here.put("m/daily-Manifest.json", manifest("b", ["x/m/b/daily-1.csv"]), "2026-07-02T00:02:00Z");
    expect(await watch()).toMatchObject({ found: 1, imported: [{ status: "active" }] });
    expect(await standing()).toEqual(expect.arrayContaining(["2.000000000000 active", "1.000000000000 superseded"]));
    expect(await watch()).toMatchObject({ found: 0 });
    expect(await statesOf()).toEqual(["a imported", "b imported"]);
  });

  test("files beside a manifest that is cut off wait until it is whole", async () => {
    const whole = manifest("a", ["x/m/a/daily-1.csv"]);
    await here.put("m/a/daily-1.csv", costing("1"), "2026-07-01T00:00:00Z");
    await here.put("m/a/daily-Manifest.json", whole.slice(0, 40), "2026-07-01T00:01:00Z");
    expect(await watch()).toMatchObject({ found: 1, imported: [] });
    const { sources } = await costSources.run(engineer(), {});
    expect(sources.find((source) => source.name === here.source.name)?.deliveries).toMatchObject([
      { state: "waiting", reason: expect.stringContaining("m/a/daily-Manifest.json is cut off or damaged") },
    ]);
    await here.put("m/a/daily-Manifest.json", whole, "2026-07-01T00:02:00Z");
    expect(await watch()).toMatchObject({ imported: [{ status: "active", period }] });
    expect(await statesOf()).toEqual(["a imported"]);
  });

  test("several deliveries that are found at once end with the newest, whatever their names", async () => {
    for (const [id, cost, day] of [
      ["a", "3", "03"],
      ["b", "2", "02"],
      ["c", "1", "01"],
    ] as const) {
      await here.put(`m/${id}/daily-1.csv`, costing(cost), `2026-07-${day}T00:00:00Z`);
      await here.put(
        `m/${id}/daily-Manifest.json`,
        manifest(id, [`x/m/${id}/daily-1.csv`]),
        `2026-07-${day}T00:01:00Z`,
      );
    }
    await watch();
    expect((await standing()).toSorted()).toEqual([
      "1.000000000000 superseded",
      "2.000000000000 superseded",
      "3.000000000000 active",
    ]);
    await here.put("m/0/daily-1.csv", costing("9"), "2026-06-30T00:00:00Z");
    await here.put("m/0/daily-Manifest.json", manifest("0", ["x/m/0/daily-1.csv"]), "2026-06-30T00:01:00Z");
    expect(await watch()).toMatchObject({ found: 1, imported: [] });
    expect(await statesOf()).toContain("0 older");
    expect(await standing()).toContain("3.000000000000 active");
  });

  test("a delivery that is not whole waits, and is imported when its last file is there", async () => {
    const keys = ["x/m/daily-1.csv", "x/m/daily-2.csv"];
    await here.put("m/daily-1.csv", costing("1"), "2026-07-01T00:00:00Z");
    await here.put("m/daily-Manifest.json", manifest("a", keys), "2026-07-01T00:05:00Z");
    expect(await watch()).toMatchObject({ found: 1, imported: [] });
    expect(await statesOf()).toEqual(["a waiting"]);
    expect(await watch()).toMatchObject({ found: 0, imported: [] });
    await here.put("m/daily-2.csv", costing("2").replace("line-1", "line-2"), "2026-07-01T00:01:00Z");
    expect(await watch()).toMatchObject({ imported: [{ rows: 2, total_unblended_cost: "3.000000" }] });
  });

  test("a file that cannot be read fails by its name, is not tried again, and does not stop the others", async () => {
    await here.put("bad/june.csv", "a,b\n1,2\n", "2026-07-01T00:00:00Z");
    await here.put("good/june.csv", costing("4"), "2026-07-01T00:00:00Z");
    expect(await watch()).toMatchObject({
      found: 2,
      problems: [],
      failed: [expect.stringContaining("june.csv")],
      imported: [{ status: "active" }],
    });
    const failed = (await costSources.run(engineer(), {})).sources
      .flatMap((source) => source.deliveries)
      .find((one) => one.state === "failed" && one.name.startsWith(here.source.name));
    expect(failed?.reason).toMatch(/bad\/june\.csv/);
    expect(await watch()).toMatchObject({ found: 0, imported: [] });
    await here.put("bad/june.csv", costing("5"), "2026-07-02T00:00:00Z");
    expect(await watch()).toMatchObject({ found: 1, imported: [{ total_unblended_cost: "5.000000" }] });
  });

  test("FOCUS comes by a manifest of Data Exports, and a refreshed one takes its place", async () => {
    const focus = (cost: string): string =>
      focusCsv([
        { BilledCost: cost, BillingPeriodStart: `${period}-01 00:00:00`, ChargePeriodStart: `${period}-05 10:00:00` },
      ]);
    const key = (stamp: string) => `focus/data/BILLING_PERIOD=${period}/${stamp}/export-00001.csv`;
    for (const [stamp, cost] of [
      ["2026-07-01T07:00:00.000Z-run1", "3"],
      ["2026-07-02T07:00:00.000Z-run2", "4"],
    ] as const) {
      const wrote = stamp.slice(0, 19);
      await here.put(key(stamp), focus(cost), `${wrote}Z`);
      const text = JSON.stringify({
        executionId: stamp.slice(25),
        exportArn: "arn:aws:bcm-data-exports:us-east-1:1:export/focus",
        dataFiles: [`s3://bucket/x/${key(stamp)}`],
        columns: [],
      });
      await here.put(`focus/metadata/BILLING_PERIOD=${period}/${stamp}/export-Manifest.json`, text, `${wrote}Z`);
      expect(await watch()).toMatchObject({
        found: 1,
        problems: [],
        imported: [{ format: "focus", period, status: "active", total_unblended_cost: `${cost}.000000` }],
      });
    }
    expect((await standing()).toSorted()).toEqual(["3.000000000000 superseded", "4.000000000000 active"]);
  });

  test("an object that changes between the listing and the reading is left for the next time", async () => {
    await here.put("june.csv", costing("6"), "2026-07-01T00:00:00Z");
    const [listed] = await here.source.list();
    await here.put("june.csv", costing("77"), "2026-07-01T00:00:09Z");
    if (!listed) throw new Error("nothing listed");
    await expect(here.source.read(listed)).rejects.toMatchObject({ kind: "transient" });
    await expect(here.source.fetch(listed, join(world.folder, "fetched"))).rejects.toMatchObject({ kind: "transient" });
    await here.remove("june.csv");
    await expect(here.source.read(listed)).rejects.toMatchObject({ kind: "transient" });
  });
});

test("each folder of an inbox is looked at by itself: a manifest in one says nothing about the files of another", async () => {
  const place = await folderPlace();
  const inbox = folderSource(place.source.name, true);
  const call = callAs({ ...world, costSources: [inbox] }, actorOf("platform_engineer"));
  const [old, other] = [cur2Csv([inPeriod("2008-06")]), cur2Csv([inPeriod("2008-07")])];
  await place.put("report/daily-1.csv", old, "2026-07-01T00:00:00Z");
  const manifest = { assemblyId: "a", reportName: "daily", billingPeriod: { start: "20080601T000000.000Z" } };
  const text = JSON.stringify({ ...manifest, reportKeys: ["x/report/daily-1.csv"], columns: [] });
  await place.put("report/daily-Manifest.json", text, "2026-07-01T00:01:00Z");
  await place.put("by-hand/july.csv", other, "2026-07-01T00:00:00Z");
  const found = async () => (await watchCost.run(call, {})).sources[0]?.imported.map((one) => one.period).toSorted();
  expect(await found()).toEqual(["2008-06", "2008-07"]);
  await place.put("later/august.csv", cur2Csv([inPeriod("2008-08")]), "2026-07-02T00:00:00Z");
  expect(await found()).toEqual(["2008-08"]);
});

test("a source that cannot be reached is said, and does not stop the others", async () => {
  const here = await folderPlace();
  await here.put("june.csv", cur2Csv([inPeriod("2009-06")]), "2026-07-01T00:00:00Z");
  const sources = [
    folderSource(join(world.folder, "nowhere")),
    bucketSource("s3://no-such-bucket/cur", client),
    here.source,
  ];
  const call = callAs({ ...world, costSources: sources }, actorOf("platform_engineer"));
  expect(await watchCost.run(call, {})).toMatchObject({
    sources: [
      { problems: [expect.stringContaining("nowhere")] },
      { problems: [expect.stringContaining("no-such-bucket")] },
      { problems: [], imported: [{ status: "active" }] },
    ],
  });
});
