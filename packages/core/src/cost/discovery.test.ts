import { expect, test } from "vitest";
import { type DiscoveredObject, discover, type Discovery, stateOf } from "./discovery.ts";
import { type Manifest, readManifest } from "./manifest.ts";

const NOW = new Date("2026-07-10T08:00:00Z");
const at = (minutesAgo: number): number => NOW.getTime() - minutesAgo * 60_000;
const object = (name: string, minutesAgo = 600, etag = name): DiscoveredObject => ({
  name,
  bytes: 100,
  modifiedAt: at(minutesAgo),
  etag,
});
const legacy = (assemblyId: string, keys: readonly string[], month = "202606"): Manifest => {
  const manifest = readManifest(
    JSON.stringify({
      assemblyId,
      reportName: "daily",
      billingPeriod: { start: `${month}01T000000.000Z` },
      reportKeys: keys,
      columns: [],
    }),
  );
  if (!manifest) throw new Error("no manifest");
  return manifest;
};
const dataExport = (executionId: string, keys: readonly string[]): Manifest => {
  const dataFiles = keys.map((key) => `s3://b/${key}`);
  const manifest = readManifest(JSON.stringify({ executionId, exportArn: "arn:export", dataFiles, columns: [] }));
  if (!manifest) throw new Error("no manifest");
  return manifest;
};
const look = (
  files: readonly DiscoveredObject[],
  manifests: readonly (readonly [DiscoveredObject, Manifest])[] = [],
  knowsOthers = false,
): Discovery[] =>
  discover(
    [...files, ...manifests.map(([file]) => file)],
    manifests.map(([file, manifest]) => ({ file, manifest })),
    { root: "s3://b/cur", knowsOthers, broken: [], now: NOW },
  );
const brief = (found: readonly Discovery[]) =>
  found.map(
    (one) => `${one.sourceDeliveryId ?? "-"} ${one.period ?? "-"} ${one.objects.map((file) => file.name).join("+")}`,
  );

const MONTH = "daily/20260601-20260701";

test("legacy, versioned: every assembly is a delivery with its own files, and its second manifest is the same delivery", () => {
  const key = (id: string) => `cur/${MONTH}/${id}/daily-1.csv.gz`;
  const found = look(
    [object(`${MONTH}/a1/daily-1.csv.gz`, 900), object(`${MONTH}/b2/daily-1.csv.gz`, 700)],
    [
      [object(`${MONTH}/a1/daily-Manifest.json`, 890), legacy("a1", [key("a1")])],
      [object(`${MONTH}/b2/daily-Manifest.json`, 690), legacy("b2", [key("b2")])],
      [object(`${MONTH}/daily-Manifest.json`, 689), legacy("b2", [key("b2")])],
    ],
  );
  expect(brief(found)).toEqual([`a1 2026-06 ${MONTH}/a1/daily-1.csv.gz`, `b2 2026-06 ${MONTH}/b2/daily-1.csv.gz`]);
  expect(found[1]?.manifests).toHaveLength(2);
  expect(found[0]?.groupKey).toBe(found[1]?.groupKey);
  expect((found[0]?.arrivalOrder ?? "") < (found[1]?.arrivalOrder ?? "")).toBe(true);
  expect(found.map((one) => one.waitsFor)).toEqual([undefined, undefined]);
});

test("legacy, overwritten: files newer than their manifest wait for the next one", () => {
  const files = [object(`${MONTH}/daily-1.csv.gz`, 5), object(`${MONTH}/daily-2.csv.gz`, 300)];
  const keys = files.map((file) => `cur/${file.name}`);
  const [found] = look(files, [[object(`${MONTH}/daily-Manifest.json`, 299), legacy("a1", keys)]]);
  expect(found?.waitsFor).toMatch(/next manifest/);
  const [whole] = look(files, [[object(`${MONTH}/daily-Manifest.json`, 4), legacy("a2", keys)]]);
  expect(whole?.waitsFor).toBeUndefined();
  expect(whole?.deliveryKey).not.toBe(found?.deliveryKey);
});

test("legacy, for Athena: files by year and month, and the status table beside them is no cost", () => {
  const file = "daily/daily/year=2026/month=6/daily-00001.snappy.parquet";
  const found = look(
    [object(file), object("daily/cost_and_usage_data_status/cost_and_usage_data_status.parquet")],
    [[object(`${MONTH}/daily-Manifest.json`, 590), legacy("a1", [`cur/${file}`])]],
  );
  expect(brief(found)).toEqual([`a1 2026-06 ${file}`]);
  expect(brief(look([object(file)]))).toEqual([`- - ${file}`]);
});

test.each(["BILLING_PERIOD", "billing_period"])(
  "Data Exports (%s): created anew or overwritten, with the period in the path",
  (partition) => {
    const folder = `x/data/${partition}=2026-06`;
    const anew = `${folder}/2026-06-30T07:10:00.334Z-e1/x-00001.csv.gz`;
    const over = `${folder}/x-00001.snappy.parquet`;
    const found = look(
      [object(anew), object(over)],
      [
        [
          object(`x/metadata/${partition}=2026-06/2026-06-30T07:10:00.334Z-e1/x-Manifest.json`, 590),
          dataExport("e1", [anew]),
        ],
        [object(`x/metadata/${partition}=2026-06/x-Manifest.json`, 590), dataExport("e2", [over])],
      ],
    );
    expect(brief(found)).toEqual([`e1 2026-06 ${anew}`, `e2 2026-06 ${over}`]);
    expect(found[0]?.arrivalOrder).toMatch(/^2026-06-30T07:10:00\.334Z/);
  },
);

test("a delivery whose files are not all there waits, and is ready with the last of them", () => {
  const keys = ["cur/x/x-1.csv.gz", "cur/x/x-2.csv.gz"];
  const manifest = [object("x/x-Manifest.json", 590), legacy("a1", keys)] as const;
  expect(look([object("x/x-1.csv.gz")], [manifest])[0]?.waitsFor).toMatch(/x-2\.csv\.gz/);
  expect(look([object("x/x-1.csv.gz"), object("x/x-2.csv.gz")], [manifest])[0]?.waitsFor).toBeUndefined();
});

test("files without a manifest wait until nothing was written for a while, and are left alone where manifests are known", () => {
  expect(look([object("june.csv", 1)])[0]?.waitsFor).toMatch(/settle/);
  expect(look([object("june.csv", 60)])[0]?.waitsFor).toBeUndefined();
  expect(look([object("june.csv", 60)], [], true)).toEqual([]);
});

test("what was imported, failed or came too late is left alone until its bytes change", () => {
  const [found] = look([object("june.csv", 60)]);
  const [changed] = look([object("june.csv", 50, "other")]);
  if (!found || !changed) throw new Error("nothing found");
  expect(stateOf(found, undefined, undefined)).toBe("ready");
  for (const state of ["imported", "failed", "older"] as const) {
    expect(stateOf(found, { fingerprint: found.fingerprint, state }, undefined)).toBeUndefined();
    expect(stateOf(changed, { fingerprint: found.fingerprint, state }, undefined)).toBe("ready");
  }
  expect(stateOf(found, undefined, "2026-07-10T07:59:00.000Z 0")).toBe("older");
});
