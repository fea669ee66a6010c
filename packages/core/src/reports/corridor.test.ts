import { expect, test } from "vitest";
import type { OpenInvoice, StatusTotal } from "../invoicing/index.ts";
import type { TenantId } from "../kernel/index.ts";
import { toText } from "../money/index.ts";
import type { Figures, Reconciliation } from "../reconciliation/index.ts";
import { day, month } from "../time/index.ts";
import { ageReceivables } from "./ageing.ts";
import { type CorridorFacts, corridorOf } from "./corridor.ts";
import { periodResult, tenantResults } from "./kpi.ts";

const A = "TEN-A" as TenantId;
const B = "TEN-B" as TenantId;
const at = (text: string) => new Date(`${text}T00:00:00Z`);

const invoice: Figures["invoices"][number] = {
  invoiceId: "INV-1",
  tenantId: A,
  kind: "regular",
  currency: "USD",
  subtotalUsd: "100",
  lineRevenueUsd: "100",
  recurringRevenueUsd: "70",
  lineCostUsd: "60",
  restatedCostUsd: "0",
  totalUsd: "120",
  totalMinor: "12000",
  paidMinor: "3000",
  receivedMinor: "3000",
  isDue: false,
};
const figures: Figures = {
  period: month("2025-09"),
  basis: "amortized",
  payers: [],
  services: [],
  run: { runId: "RUN-1", total: "75", direct: "40", allocated: "25", overhead: "10", untagged: "0" },
  tenants: [
    { tenantId: A, cost: "60" },
    { tenantId: B, cost: "5" },
  ],
  invoices: [invoice],
  costPlus: [],
  lateUsage: [],
  restatement: null,
  repeated: [],
};
const found: Reconciliation = {
  awsTotal: "75",
  allocatedTotal: "65",
  operatorOverhead: "10",
  invoicedTotal: "100",
  marginTotal: "40",
  variance: "0",
  variancePct: "0",
  status: "ok",
  checks: [],
  inputsDigest: "sha256:now",
};
const total = (status: StatusTotal["status"], count = 1): StatusTotal => ({
  status,
  count,
  usd: "120",
  oldest: at("2025-10-03"),
  newest: at("2025-10-05"),
});
const facts = (over: Partial<CorridorFacts> = {}): CorridorFacts => ({
  deliveries: { count: 2, notFinal: 0, newest: at("2025-10-01") },
  cost: { rows: 10, unblended: "80", inBasis: "75" },
  run: { createdAt: at("2025-10-02") },
  figures,
  found,
  latest: { status: "ok", createdAt: at("2025-10-06"), inputsDigest: "sha256:now" },
  openExceptions: 0,
  invoices: [total("partially_paid")],
  books: { expected: 2, posted: 2, newest: at("2025-10-07"), isBalanced: true },
  ...over,
});
const states = (over: Partial<CorridorFacts>) =>
  Object.fromEntries(corridorOf(facts(over)).map((station) => [station.station, station.state]));

test("a period that nothing happened in is empty from end to end", () => {
  const nothing = states({
    deliveries: { count: 0, notFinal: 0, newest: null },
    cost: { rows: 0, unblended: "0", inBasis: "0" },
    run: undefined,
    figures: undefined,
    found: undefined,
    latest: undefined,
    invoices: [],
    books: { expected: 0, posted: 0, newest: null, isBalanced: true },
  });
  expect(new Set(Object.values(nothing))).toEqual(new Set(["empty"]));
});

test("each station says what it waits for", () => {
  expect(states({})).toEqual({
    cur: "ok",
    cost: "ok",
    allocation: "ok",
    drafts: "ok",
    approval: "ok",
    issued: "ok",
    paid: "waiting",
    reconciled: "ok",
    books: "ok",
  });
  expect(states({ deliveries: { count: 2, notFinal: 1, newest: at("2025-10-01") } })).toMatchObject({ cur: "waiting" });
  expect(states({ run: undefined, figures: undefined, found: undefined })).toMatchObject({ allocation: "waiting" });
  expect(states({ invoices: [total("draft"), total("issued")] })).toMatchObject({
    drafts: "waiting",
    issued: "waiting",
  });
  expect(states({ invoices: [total("pending_approval")] })).toMatchObject({
    drafts: "ok",
    approval: "waiting",
    issued: "empty",
  });
  expect(states({ latest: { status: "ok", createdAt: at("2025-10-06"), inputsDigest: "sha256:old" } })).toMatchObject({
    reconciled: "waiting",
  });
});

test("what failed is not hidden: overdue, unposted and unbalanced are said", () => {
  const overdue = { ...figures, invoices: [{ ...invoice, isDue: true }] };
  expect(states({ figures: overdue })).toMatchObject({ paid: "warning" });
  expect(states({ books: { expected: 2, posted: 1, newest: null, isBalanced: true } })).toMatchObject({
    books: "failed",
  });
  expect(states({ books: { expected: 2, posted: 2, newest: null, isBalanced: false } })).toMatchObject({
    books: "failed",
  });
});

test("the amounts are those of the stations: paid is what was paid, waiting is as old as its oldest", () => {
  const [paid] = corridorOf(facts()).filter((station) => station.station === "paid");
  expect(paid && toText(paid.amount)).toBe("30");
  const [drafts] = corridorOf(facts({ invoices: [total("draft", 3)] })).filter(({ station }) => station === "drafts");
  expect(drafts).toMatchObject({ count: 3, since: at("2025-10-03") });
});

test("gross margin is revenue less the cost of the tenants, and overhead comes after it", () => {
  const result = periodResult(figures, found);
  const texts = [result.revenue, result.recurring, result.grossMargin, result.afterOverhead].map((each) =>
    toText(each),
  );
  expect(texts).toEqual(["100", "70", "35", "25"]);
  expect(result.grossMarginPct && toText(result.grossMarginPct)).toBe("35");
  expect(tenantResults(figures).map((tenant) => [tenant.tenantId, toText(tenant.margin), tenant.marginPct])).toEqual([
    [A, "40", expect.anything()],
    [B, "-5", null],
  ]);
});

const open = (dueDate: string | null, over: Partial<OpenInvoice> = {}): OpenInvoice => ({
  invoiceId: "INV-1",
  tenantId: A,
  currency: "USD",
  dueDate: dueDate === null ? null : day(dueDate),
  totalMinor: 10_000n,
  paidMinor: 2_500n,
  totalUsd: "100",
  ...over,
});

test("receivables age by days past due: the due day itself is not past, 30 days is the first bucket, 31 the next", () => {
  const today = day("2026-01-31");
  const counts = (invoices: readonly OpenInvoice[]) =>
    ageReceivables(invoices, today).map((bucket) => [bucket.bucket, bucket.invoices, toText(bucket.usd)]);
  expect(
    counts([open("2026-01-31"), open("2026-01-30"), open("2026-01-01"), open("2025-12-31"), open("2025-11-02")]),
  ).toEqual([
    ["not_due", 1, "75"],
    ["1_30", 2, "150"],
    ["31_60", 1, "75"],
    ["61_90", 1, "75"],
    ["over_90", 0, "0"],
  ]);
  expect(counts([open("2025-11-01"), open(null)]).map(([, count]) => count)).toEqual([1, 0, 0, 0, 1]);
});

test("what is open in another currency counts at the rate of its invoice", () => {
  const [bucket] = ageReceivables(
    [open(null, { currency: "JPY", totalMinor: 3_000n, paidMinor: 1_000n, totalUsd: "21" })],
    day("2026-01-01"),
  );
  expect(bucket && toText(bucket.usd)).toBe("14");
});
