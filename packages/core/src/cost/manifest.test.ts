import { expect, test } from "vitest";
import { matchFiles, periodOfPath, readManifest } from "./manifest.ts";

const legacy = (more: object) =>
  readManifest(
    JSON.stringify({
      assemblyId: "16e57707",
      reportName: "daily",
      billingPeriod: { start: "20180801T000000.000Z", end: "20180901T000000.000Z" },
      reportKeys: [
        "/daily/20180801-20180901/16e57707/daily-1.csv.gz",
        "daily/20180801-20180901/16e57707/daily-2.csv.gz",
      ],
      columns: [{ category: "lineItem", name: "UnblendedCost" }],
      ...more,
    }),
  );

test("a legacy manifest names delivery, period, all keys without their leading slash, and columns", () => {
  expect(legacy({})).toEqual({
    curFormat: "cur-legacy",
    deliveryId: "16e57707",
    report: "daily",
    period: "2018-08",
    keys: ["daily/20180801-20180901/16e57707/daily-1.csv.gz", "daily/20180801-20180901/16e57707/daily-2.csv.gz"],
    columns: ["lineItem/UnblendedCost"],
  });
});

test("a CUR 2.0 manifest says its period in the path of its files", () => {
  const manifest = readManifest(
    JSON.stringify({
      executionId: "04e9e487",
      exportArn: "arn:aws:bcm-data-exports:us-east-1:1:export/x",
      dataFiles: ["s3://bucket/cur/x/data/BILLING_PERIOD=2026-04/x-00001.csv.gz"],
      columns: [{ name: "bill_bill_type", type: "string" }],
    }),
  );
  expect(manifest).toMatchObject({
    deliveryId: "04e9e487",
    period: "2026-04",
    keys: ["cur/x/data/BILLING_PERIOD=2026-04/x-00001.csv.gz"],
    columns: ["bill_bill_type"],
  });
});

test("other JSON, and text that is none, is no manifest", () => {
  expect(readManifest('{"name":"package"}')).toBeUndefined();
  expect(readManifest("identity/LineItemId,")).toBeUndefined();
});

test("a path names its period in either layout, and a wrong month names none", () => {
  expect(periodOfPath("data/BILLING_PERIOD=2026-04/x.csv")).toBe("2026-04");
  expect(periodOfPath("daily/20180801-20180901/a/x.csv")).toBe("2018-08");
  expect(periodOfPath("data/BILLING_PERIOD=2026-13/x.csv")).toBeUndefined();
});

test("files answer to keys by path, by name, and unpacked; what no file answers to is missing", () => {
  const keys = ["cur/a/x-1.csv.gz", "cur/a/x-2.csv.gz", "cur/a/x-3.csv.gz"];
  expect(matchFiles(keys, ["a/x-1.csv.gz", "x-2.csv", "notes.csv"])).toEqual({
    files: ["a/x-1.csv.gz", "x-2.csv"],
    missing: ["cur/a/x-3.csv.gz"],
    isRenamed: false,
  });
});

test("files that were all renamed are taken when their number fits, and only then", () => {
  expect(matchFiles(["cur/x-1.csv"], ["june.csv"])).toEqual({ files: ["june.csv"], missing: [], isRenamed: true });
  expect(matchFiles(["cur/x-1.csv"], ["june.csv", "july.csv"])).toMatchObject({ files: [], missing: ["cur/x-1.csv"] });
});
