import fc from "fast-check";
import { expect, test } from "vitest";
import { planOf, published, segmentOf, sourceOf } from "../../testing/draft-source.ts";
import { exact, subtract, sumExact, toText } from "../money/index.ts";
import { compareWithPrevious, draftInvoice, type DraftSource } from "./index.ts";

const compare = (current: DraftSource, previous: DraftSource) =>
  compareWithPrevious(draftInvoice(current).document, {
    invoiceId: "INV-P",
    document: draftInvoice(previous).document,
  });

const used = (value: string, over: Parameters<typeof published>[0] = {}): DraftSource =>
  sourceOf({
    segments: [
      segmentOf({ published: published(over), usage: [{ metricCode: "data_ingestion_gb", value, days: 30 }] }),
    ],
  });

const cheaper = planOf().charges.map((charge) =>
  charge.sku_code === "ingest" ? { ...charge, price: { model: "per_unit" as const, unit_price: "0.05" } } : charge,
);

test("more usage at the same price is all usage effect", () => {
  const { lines } = compare(used("450"), used("350"));
  expect(lines.find((line) => line.sku_code === "ingest")).toMatchObject({
    state: "changed",
    change: "7.00",
    usage_effect: "7.00",
    price_effect: "0.00",
  });
  expect(lines.find((line) => line.sku_code === "base")).toMatchObject({ state: "same", change: "0.00" });
});

test("another price for the same usage is all price effect; both together are told apart", () => {
  // 250 billable units: 20.50 under the old slabs, 12.50 at 0.05; 350 billable units are 27.50 and 17.50.
  const price = compare(used("350", { version: "2", charges: cheaper }), used("350"));
  expect(price.lines.find((line) => line.sku_code === "ingest")).toMatchObject({
    usage_effect: "0.00",
    price_effect: "-8.00",
  });
  const both = compare(used("450", { version: "2", charges: cheaper }), used("350"));
  expect(both.lines.find((line) => line.sku_code === "ingest")).toMatchObject({
    usage_effect: "7.00",
    price_effect: "-10.00",
  });
});

test("lines that are new and lines that are gone are named", () => {
  const without = { version: "2", charges: [] };
  expect(compare(used("1", without), used("350")).lines.find((line) => line.sku_code === "ingest")).toMatchObject({
    state: "gone",
    change: "-20.50",
  });
  expect(compare(used("350"), used("1", without)).lines.find((line) => line.sku_code === "ingest")).toMatchObject({
    state: "new",
    change: "20.50",
  });
  expect(compareWithPrevious(draftInvoice(used("350")).document, undefined)).toMatchObject({
    previous_invoice_id: null,
    change: "469.46",
  });
});

const sum = (texts: readonly string[]): string => toText(sumExact(texts.map(exact)));

test("the parts add up to the change of the total, whatever changed", () => {
  const decimal = fc.bigInt({ min: 0n, max: 10n ** 10n }).map((n) => toText({ n, d: 10n ** 4n }));
  const source = fc
    .record({
      value: decimal,
      seats: fc.integer({ min: 0, max: 50 }),
      cost: decimal,
      base: decimal,
      minimum: fc.constantFrom("0", "500"),
      charges: fc.constantFrom(planOf().charges, cheaper, []),
    })
    .map(({ value, seats, cost, base, minimum, charges }) =>
      sourceOf({
        segments: [
          segmentOf({
            seats,
            usage: [{ metricCode: "data_ingestion_gb", value, days: 30 }],
            published: published({ base_price_usd: base, minimum_commitment_usd: minimum, charges }),
          }),
        ],
        costs: [{ id: "1", service: "AmazonEC2", category: "NAT", cost, keyMetric: null }],
      }),
    );
  fc.assert(
    fc.property(source, source, (current, previous) => {
      const { lines, ...whole } = compare(current, previous);
      for (const line of lines.filter((one) => one.state === "same" || one.state === "changed"))
        expect(sum([line.usage_effect, line.price_effect])).toBe(sum([line.change]));
      const parts = sum([...lines.map((line) => line.change), whole.tax_change]);
      expect(toText(subtract(exact(parts), exact(whole.discount_change)))).toBe(sum([whole.change]));
      expect(sum([whole.total, `-${whole.previous_total}`])).toBe(sum([whole.change]));
    }),
  );
});
