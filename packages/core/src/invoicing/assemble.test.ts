import { expect, test } from "vitest";
import { ENTITY, published, SEPTEMBER, sourceOf as draftSource, tenantOf } from "../../testing/draft-source.ts";
import type { PlanCode } from "../kernel/index.ts";
import type { Binding } from "../tenants/index.ts";
import { day } from "../time/index.ts";
import { type PeriodSources, sourceOf } from "./assemble.ts";

const tenant = tenantOf();
const { tenantId } = tenant;

const bound = (start: string, end?: string): Binding => ({
  bindingId: start,
  tenantId,
  planCode: "GROWTH" as PlanCode,
  start: day(start),
  end: end === undefined ? undefined : day(end),
});

const sources = (over: Partial<PeriodSources>): PeriodSources => ({
  period: SEPTEMBER,
  kind: "regular",
  tenants: [tenant],
  entities: new Map([[ENTITY.entityId, ENTITY]]),
  plans: [published()],
  bindings: new Map([[tenantId, [bound("2025-08-01")]]]),
  seats: new Map(),
  snapshots: new Map(),
  allocation: draftSource().allocation,
  costs: new Map(),
  adjustments: new Map(),
  previous: new Map(),
  ...over,
});

const versions = (of: PeriodSources) =>
  sourceOf(of, tenant).segments.map(({ start, end, published: { plan } }) => [plan.version, start, end]);

test("a version that comes into force in mid-month rates the days from then on, the one before the days until then", () => {
  const later = published({ version: "2", base_price_usd: "600", effective_from: "2025-09-16" });
  const future = published({ version: "3", effective_from: "2025-10-01" });
  expect(versions(sources({ plans: [future, later, published()] }))).toEqual([
    ["1", "2025-09-01", "2025-09-15"],
    ["2", "2025-09-16", "2025-09-30"],
  ]);
});

test("of versions that come into force on one day the highest counts, and no other version cuts the month", () => {
  const same = ["2", "10", "9"].map((version) => published({ version, effective_from: "2025-09-01" }));
  const other = published({ plan_code: "SCALE", effective_from: "2025-09-10" });
  expect(versions(sources({ plans: [published(), other, ...same] }))).toEqual([["10", "2025-09-01", "2025-09-30"]]);
});

test("the same plan bound again is one segment, and days after its last version are refused", () => {
  const again = new Map([[tenantId, [bound("2025-08-01", "2025-09-09"), bound("2025-09-10")]]]);
  expect(versions(sources({ bindings: again }))).toEqual([["1", "2025-09-01", "2025-09-30"]]);
  const ended = published({ effective_to: "2025-09-20" });
  expect(() => versions(sources({ plans: [ended] }))).toThrow(/no version in force on 2025-09-21/);
});
