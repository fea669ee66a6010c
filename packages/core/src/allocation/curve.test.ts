import { describe, expect, it } from "vitest";
import { type Exact, exact, fraction, toText } from "../money/index.ts";
import { type AllocationKey, curveWeights, keyOfUsage, usageByMetric } from "./curve.ts";
import { curveSchema } from "./rule.ts";

const key = (values: Record<string, string>): AllocationKey => ({
  metric: "gb",
  values: new Map(Object.entries(values).map(([id, value]): [string, Exact] => [id, exact(value)])),
  total: exact(0),
  unused: [],
});
const texts = (weights: ReadonlyMap<string, Exact>, places = 12) =>
  Object.fromEntries([...weights].map(([id, weight]) => [id, toText(weight, places)]));

describe("curves", () => {
  it("linear keeps the key", () => {
    expect(texts(curveWeights({ kind: "linear" }, key({ A: "1.5", B: "3" })))).toEqual({ A: "1.5", B: "3" });
  });

  it("tiered counts each unit with the factor of its slab, bounds inclusive at the top", () => {
    const curve = curveSchema.parse({
      kind: "tiered",
      slabs: [
        { up_to: "100", factor: "1" },
        { up_to: "500", factor: "0.5" },
        { up_to: null, factor: "0.1" },
      ],
    });
    expect(texts(curveWeights(curve, key({ A: "100", B: "100.5", C: "600" })))).toEqual({
      A: "100",
      B: "100.25",
      C: "310",
    });
  });

  it("power raises the key to a decimal exponent at the stated precision, far from one in both directions", () => {
    const root = curveSchema.parse({ kind: "power", exponent: "0.5", precision: 40 });
    expect(texts(curveWeights(root, key({ A: "2", B: "144", C: "0.000000000001" })), 39)).toEqual({
      A: "1.41421356237309504880168872420969807857",
      B: "12",
      C: "0.000001",
    });
    const square = curveSchema.parse({ kind: "power", exponent: "2" });
    expect(texts(curveWeights(square, key({ A: "1000000000000", B: "0.000001" })))).toEqual({
      A: "1000000000000000000000000",
      B: "0.000000000001",
    });
  });
});

describe("keys", () => {
  const usage = usageByMetric(
    [
      { tenantId: "A", metricCode: "h", value: "1" },
      { tenantId: "A", metricCode: "h", value: "2" },
      { tenantId: "B", metricCode: "h", value: "6" },
      { tenantId: "B", metricCode: "gb", value: "0" },
      { tenantId: "X", metricCode: "h", value: "100" },
    ],
    (tenantId) => tenantId !== "X",
  );

  it("add a tenant's values, and leave out who takes no part", () => {
    const { total, values } = keyOfUsage([{ metric_code: "h", weight: "1" }], usage);
    expect([total, values.get("A")]).toEqual([exact(9), exact(3)]);
  });

  it("let the metrics that were used carry the weight of one that was not, and name it", () => {
    const mixed = keyOfUsage(
      [
        { metric_code: "h", weight: "1" },
        { metric_code: "gb", weight: "5" },
      ],
      usage,
    );
    expect(mixed.unused).toEqual(["gb"]);
    expect(mixed.values.get("A")).toEqual(fraction(1, 3));
  });

  it("refuse a negative value", () => {
    expect(() => usageByMetric([{ tenantId: "A", metricCode: "h", value: "-1" }], () => true)).toThrow(
      /h by A is negative/,
    );
  });
});
