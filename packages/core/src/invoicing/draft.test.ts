import fc from "fast-check";
import { expect, test } from "vitest";
import { ENTITY, planOf, published, SEPTEMBER, segmentOf, sourceOf, tenantOf } from "../../testing/draft-source.ts";
import { exact, sumExact, toText } from "../money/index.ts";
import { day, month, monthPeriod } from "../time/index.ts";
import { draftInvoice, type DraftSegment } from "./index.ts";

const amounts = (source = sourceOf()) =>
  Object.fromEntries(draftInvoice(source).document.lines.map((line) => [line.id, line.amount]));

test("a draft charges base price, seats over the base at their peak, metered slabs after the included units, and cost plus markup", () => {
  // 350 GB, 100 included: 100 x 0.10 + 150 x 0.07 = 20.50; NAT 40 x 1.25 = 50; 2 seats x 12.
  const { document } = draftInvoice(sourceOf());
  expect(amounts()).toEqual({ "1/base": "300.00", "1/seats": "24.00", "1/sku/ingest": "20.50", "1/sku/nat": "50.00" });
  expect(document).toMatchObject({
    gross: "394.50",
    subtotal: "394.50",
    tax: "74.96",
    total: "469.46",
    currency: "USD",
  });
  expect(document.lines.map((line) => line.line_type)).toEqual(["subscription", "seat", "usage", "allocation"]);
});

test("a plan change cuts the month: recurring amounts and included units scale by days, usage does not", () => {
  const first: DraftSegment = segmentOf({
    end: day("2025-09-10"),
    usage: [{ metricCode: "data_ingestion_gb", value: "60", days: 10 }],
    seats: 5,
  });
  const second = segmentOf({
    start: day("2025-09-11"),
    published: published({ plan_code: "SCALE", base_price_usd: "600", charges: [], seat_price_usd: "0" }),
    seats: 9,
  });
  // 100 included x 10/30 = 33.33..; (60 - 33.33..) x 0.10 = 2.666.. lies in the first slab (100 x 10/30).
  expect(amounts(sourceOf({ segments: [first, second], costs: [] }))).toEqual({
    "1/base": "100.00",
    "1/sku/ingest": "2.67",
    "1/sku/nat": "0.00",
    "2/base": "400.00",
  });
});

test("segments with the same recurring price charge it once: their parts add up to it, to the cent", () => {
  const same = { base_price_usd: "19.01", base_seats: 0, seat_price_usd: "0.01" };
  const half = { seats: 1, usage: [] };
  const first = segmentOf({ ...half, end: day("2025-09-15"), published: published({ ...same, charges: [] }) });
  const second = segmentOf({
    ...half,
    start: day("2025-09-16"),
    published: published({ ...same, version: "2", charges: [], base_price_usd: "19.010" }),
  });
  // 9.505 and 9.505; 0.005 and 0.005
  expect(amounts(sourceOf({ segments: [first, second], costs: [] }))).toEqual({
    "1/base": "9.51",
    "1/seats": "0.01",
    "2/base": "9.50",
    "2/seats": "0.00",
  });
});

test("a minimum commitment is trued up over the metered lines, as a line of its own", () => {
  const plan = published({ minimum_commitment_usd: "100" });
  const { document } = draftInvoice(sourceOf({ segments: [segmentOf({ published: plan })] }));
  // 100 - (20.50 + 50.00)
  expect(document.lines.at(-1)).toMatchObject({
    line_type: "minimum",
    sku_code: "minimum-commitment",
    amount: "29.50",
  });
});

test("every allocated cost lies on exactly one line of each segment: the lines carry the tenant's cost to the last digit", () => {
  const row = fc.record({
    id: fc.uuid(),
    service: fc.constantFrom("AmazonEC2", "AmazonS3"),
    category: fc.constantFrom("NAT", "S3", "OTHER"),
    cost: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 18n }).map((units) => toText({ n: units, d: 10n ** 12n })),
    keyMetric: fc.constantFrom(null, "nat_gb_processed", "runner_hours*0.6+data_ingestion_gb*0.4"),
  });
  const cut = fc.integer({ min: 2, max: 29 });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), cut, (costs, at) => {
      const on = String(at).padStart(2, "0");
      const segments = [
        segmentOf({ end: day(`2025-09-${on}`) }),
        segmentOf({
          start: day(`2025-09-${String(at + 1).padStart(2, "0")}`),
          published: published({ version: "2", charges: [] }),
        }),
      ];
      const { lines } = draftInvoice(sourceOf({ segments, costs })).document;
      expect(toText(sumExact(lines.map((line) => exact(line.cost))))).toBe(
        toText(sumExact(costs.map((cost) => exact(cost.cost)))),
      );
    }),
  );
});

test("a cost goes to the cost_plus price that names it, else to the line on its key metric, else to the base price", () => {
  const costs = [
    { id: "1", service: "AmazonEC2", category: "NAT", cost: "40", keyMetric: "nat_gb_processed" },
    {
      id: "2",
      service: "AmazonCloudWatch",
      category: "CLOUDWATCH",
      cost: "6",
      keyMetric: "runner_hours*0.6+data_ingestion_gb*0.4",
    },
    { id: "3", service: "AmazonS3", category: "S3", cost: "10.5", keyMetric: null },
  ];
  const { lines } = draftInvoice(sourceOf({ costs })).document;
  expect(Object.fromEntries(lines.map((line) => [line.id, [line.cost, line.allocation_ids]]))).toEqual({
    "1/base": ["10.5", ["3"]],
    "1/seats": ["0", []],
    "1/sku/ingest": ["6", ["2"]],
    "1/sku/nat": ["40", ["1"]],
  });
});

test("a cost that two prices name is charged once, by the first of them", () => {
  const nat = { title: "NAT", price: { model: "cost_plus" as const }, cost_of: ["NAT"] };
  const plan = published({
    charges: [
      { ...nat, sku_code: "a" },
      { ...nat, sku_code: "b" },
    ],
  });
  expect(amounts(sourceOf({ segments: [segmentOf({ published: plan })] }))).toMatchObject({
    "1/sku/a": "40.00",
    "1/sku/b": "0.00",
  });
});

test("the digest covers lines, versions, tax, buyer, seller, dates and inputs; the same source gives the same digest", () => {
  const base = draftInvoice(sourceOf()).digest;
  expect(draftInvoice(sourceOf()).digest).toBe(base);
  const others = [
    sourceOf({ segments: [segmentOf({ usage: [] })] }),
    sourceOf({ segments: [segmentOf({ published: published({ version: "2" }) })] }),
    sourceOf({ tenant: tenantOf({ taxProfile: { taxes: [] } }) }),
    sourceOf({ tenant: tenantOf({ tenantName: "Acme GmbH" }) }),
    sourceOf({ entity: { ...ENTITY, name: "Other Inc" } }),
    sourceOf({ period: monthPeriod(month("2025-10")) }),
    sourceOf({ usageDigest: "sha256:other" }),
    sourceOf({ costs: [] }),
  ].map((source) => draftInvoice(source).digest);
  expect(new Set([base, ...others]).size).toBe(others.length + 1);
});

test("a currency without a rate is refused by name, and so is a tenant without a plan", () => {
  const inEuro = sourceOf({ segments: [segmentOf({ published: { plan: planOf({ currency: "EUR" }), digest: "x" } })] });
  expect(() => draftInvoice(inEuro)).toThrow(/priced in EUR.*no exchange rate/);
  expect(() => draftInvoice(sourceOf({ segments: [] }))).toThrow(
    /TEN-ACME had no plan between 2025-09-01 and 2025-09-30/,
  );
  expect(() => draftInvoice(sourceOf({ allocation: { ...sourceOf().allocation, currency: "CNY" } }))).toThrow(
    /is in CNY/,
  );
});

test("gross, discounts, subtotal, tax and total add up for any usage, seats and cost", () => {
  const decimal = fc.bigInt({ min: 0n, max: 10n ** 12n }).map((n) => toText({ n, d: 10n ** 6n }));
  fc.assert(
    fc.property(decimal, fc.integer({ min: 0, max: 500 }), decimal, (value, seats, cost) => {
      const usage = [{ metricCode: "data_ingestion_gb", value, days: 30 }];
      const costs = [{ id: "1", service: "AmazonEC2", category: "NAT", cost, keyMetric: null }];
      const { document } = draftInvoice(
        sourceOf({ segments: [segmentOf({ usage, seats })], costs, period: SEPTEMBER }),
      );
      expect(toText(sumExact(document.lines.map((line) => exact(line.amount))))).toBe(toText(exact(document.gross)));
      expect(toText(sumExact([exact(document.subtotal), exact(document.tax)]))).toBe(toText(exact(document.total)));
    }),
  );
});
