import fc from "fast-check";
import { expect, test } from "vitest";
import type { TenantId } from "../kernel/index.ts";
import { add, exact, subtract, toText, unscaled } from "../money/index.ts";
import { month } from "../time/index.ts";
import { type Check, deviation, statusOf } from "./check.ts";
import { compareDay, type DayPayment } from "./daily.ts";
import { type KnownException, planExceptions } from "./exception.ts";
import type { Figures, InvoiceFigure } from "./figures.ts";
import { RECONCILIATION_POLICY } from "./policy.ts";
import { reconcile } from "./reconcile.ts";

const A = "TEN-A" as TenantId;
const B = "TEN-B" as TenantId;

const invoice = (over: Partial<InvoiceFigure> = {}): InvoiceFigure => ({
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
  paidMinor: "12000",
  receivedMinor: "12000",
  isDue: true,
  ...over,
});

const figures = (over: Partial<Figures> = {}): Figures => ({
  period: month("2025-09"),
  basis: "amortized",
  payers: [
    {
      payer: "1",
      cost: "100",
      identity: { difference: "0", tolerance: "0", isClosed: true },
      outsideRows: 0,
      outsideCost: "0",
    },
  ],
  services: [{ service: "AmazonEC2", cost: "100", placed: "100" }],
  run: { runId: "RUN-1", total: "100", direct: "40", allocated: "20", overhead: "39.9", untagged: "0.1" },
  tenants: [{ tenantId: A, cost: "60" }],
  invoices: [invoice()],
  costPlus: [],
  lateUsage: [],
  restatement: null,
  repeated: [],
  ...over,
});

const run = (over: Partial<Figures> = {}) => reconcile(figures(over), RECONCILIATION_POLICY);
const check = (over: Partial<Figures>, name: Check["check"]) => run(over).checks.find((found) => found.check === name);

test("a period whose figures agree is ok, and what cannot be checked says so", () => {
  const found = run();
  expect(found).toMatchObject({
    awsTotal: "100",
    allocatedTotal: "60",
    operatorOverhead: "40",
    invoicedTotal: "100",
    marginTotal: "40",
    variance: "0",
    variancePct: "0",
    status: "ok",
  });
  expect(found.checks.map((each) => [each.check, each.verdict])).toEqual([
    ["conservation", "ok"],
    ["identity", "ok"],
    ["bill", "not_applicable"],
    ["tagging", "ok"],
    ["invoice", "not_applicable"],
    ["margin", "ok"],
    ["restatement", "not_applicable"],
    ["usage", "ok"],
    ["payment", "ok"],
    ["timing", "ok"],
  ]);
});

test("cost that is not placed to the last digit fails, and the service is named", () => {
  const found = run({
    payers: [{ payer: "1", cost: "100.000000000001", identity: null, outsideRows: 0, outsideCost: "0" }],
    services: [{ service: "AmazonEC2", cost: "100.000000000001", placed: "100" }],
  });
  expect(found).toMatchObject({ status: "failed", variance: "0.000000000001" });
  expect(found.checks[0]).toMatchObject({ verdict: "failed", findings: [{ key: "conservation/AmazonEC2" }] });
});

test("services that are wrong against each other fail although their sum is right", () => {
  const services = [
    { service: "AmazonEC2", cost: "60", placed: "50" },
    { service: "AmazonS3", cost: "40", placed: "50" },
  ];
  expect(check({ services }, "conservation")).toMatchObject({ verdict: "failed", difference: "0" });
});

test("an open identity fails and names the payer; without the columns it is not applicable", () => {
  const payer = { payer: "123", cost: "100", outsideRows: 0, outsideCost: "0" };
  const open = { difference: "0.5", tolerance: "0.0000001", isClosed: false };
  expect(check({ payers: [{ ...payer, identity: open }] }, "identity")).toMatchObject({
    verdict: "failed",
    message: expect.stringContaining("123"),
  });
  expect(check({ payers: [{ ...payer, identity: null }] }, "identity")).toMatchObject({ verdict: "not_applicable" });
});

test("untagged cost warns above half a percent, not at it", () => {
  const tagged = (untagged: string) =>
    check({ run: { ...figures().run, untagged, overhead: toText(subtract(exact("40"), exact(untagged))) } }, "tagging");
  expect(tagged("0.5")).toMatchObject({ verdict: "ok", variancePct: "0.5" });
  expect(tagged("0.500000000001")).toMatchObject({ verdict: "warning", findings: [{ category: "Tagging" }] });
});

test("cost_plus cost that is not what is allocated warns, and fails when it did in the period before", () => {
  const costPlus = [
    { tenantId: A, service: "AmazonEC2", frozen: "50", current: "60" },
    { tenantId: A, service: "AmazonS3", frozen: "10", current: "10.05" },
  ];
  const first = check({ costPlus }, "invoice");
  expect(first).toMatchObject({ verdict: "warning", findings: [{ key: "invoice/TEN-A/AmazonEC2", tenantId: A }] });
  const repeated = ["invoice/TEN-A/AmazonEC2"];
  expect(check({ costPlus, repeated }, "invoice")).toMatchObject({ verdict: "failed" });
  expect(check({ costPlus, repeated: ["invoice/TEN-B/AmazonEC2"] }, "invoice")).toMatchObject({ verdict: "warning" });
});

test("invoiced = allocated + margin is checked on three figures, none of them the difference of the others", () => {
  expect(check({}, "margin")).toMatchObject({ verdict: "ok", difference: "0" });
  const headerOff = check({ invoices: [invoice({ subtotalUsd: "110" })] }, "margin");
  expect(headerOff).toMatchObject({ verdict: "warning", difference: "10" });
  const costMissing = check({ invoices: [invoice({ lineCostUsd: "50" })] }, "margin");
  expect(costMissing).toMatchObject({ verdict: "warning", difference: "-10", findings: [{ key: "margin/TEN-A" }] });
  const allocatedAgain = check({ tenants: [{ tenantId: A, cost: "70" }] }, "margin");
  expect(allocatedAgain).toMatchObject({ verdict: "warning", difference: "-10" });
});

test("a tenant whose invoice carries too much does not hide one whose carries too little", () => {
  const invoices = [invoice({ lineCostUsd: "70" }), invoice({ invoiceId: "INV-2", tenantId: B, lineCostUsd: "50" })];
  const tenants = [
    { tenantId: A, cost: "60" },
    { tenantId: B, cost: "60" },
  ];
  expect(check({ invoices, tenants }, "margin")).toMatchObject({
    verdict: "warning",
    difference: "0",
    findings: [{ tenantId: A }, { tenantId: B }],
  });
});

test("cost of tenants without an invoice is not margin: it waits", () => {
  const tenants = [
    { tenantId: A, cost: "60" },
    { tenantId: B, cost: "5" },
  ];
  expect(check({ tenants }, "margin")).toMatchObject({ verdict: "ok", figures: { not_invoiced_cost: "5" } });
});

test("an invoice that is due and not received is an exception; one that is not due is not", () => {
  const late = invoice({ paidMinor: "11939", receivedMinor: "11939" });
  expect(check({ invoices: [late] }, "payment")).toMatchObject({
    verdict: "warning",
    findings: [{ key: "payment/INV-1", category: "Payment", tenantId: A }],
  });
  expect(check({ invoices: [{ ...late, isDue: false }] }, "payment")).toMatchObject({ verdict: "ok" });
  const nearly = invoice({ paidMinor: "11940", receivedMinor: "11940" });
  expect(check({ invoices: [nearly] }, "payment")).toMatchObject({ verdict: "ok" });
});

test("an invoice that says another sum than its payments is an exception, due or not", () => {
  const invoices = [invoice({ isDue: false, receivedMinor: "11999" })];
  expect(check({ invoices }, "payment")).toMatchObject({
    verdict: "warning",
    findings: [{ key: "payment/INV-1/applied" }],
  });
});

test("days outside the period are reported and change no total", () => {
  const payers = [{ payer: "1", cost: "100", identity: null, outsideRows: 3, outsideCost: "1.5" }];
  expect(run({ payers })).toMatchObject({ awsTotal: "100", status: "ok" });
  expect(check({ payers }, "timing")).toMatchObject({ verdict: "ok", findings: [{ category: "Timing" }] });
});

test("where there is nothing to take percents of, an absolute limit applies", () => {
  const limit = { percent: "0.5", absolute: "1" };
  expect(deviation(exact("1"), exact("0"), limit)).toMatchObject({ variancePct: null, isWithin: true });
  expect(deviation(exact("-1.01"), exact("-500"), limit)).toMatchObject({ variancePct: null, isWithin: false });
});

test("the worst verdict is the status, and what is not applicable does not count", () => {
  expect(statusOf([{ verdict: "not_applicable" }])).toBe("ok");
  expect(statusOf([{ verdict: "ok" }, { verdict: "warning" }])).toBe("warning");
  expect(statusOf([{ verdict: "warning" }, { verdict: "failed" }])).toBe("failed");
});

test("for any parts that are placed without rest the variance is 0, and any cent too much is the variance", () => {
  const units = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }).map((value) => unscaled(value, 12));
  fc.assert(
    fc.property(units, units, units, units, units, (direct, allocated, overhead, untagged, extra) => {
      const total = [direct, allocated, overhead, untagged].map(exact).reduce(add);
      const cost = toText(add(total, exact(extra)));
      const found = run({
        payers: [{ payer: "1", cost, identity: null, outsideRows: 0, outsideCost: "0" }],
        services: [{ service: "S", cost, placed: toText(total) }],
        run: { runId: "RUN-1", total: toText(total), direct, allocated, overhead, untagged },
      });
      expect(found.variance).toBe(toText(exact(extra)));
      expect(found.checks[0]?.verdict).toBe(toText(exact(extra)) === "0" ? "ok" : "failed");
    }),
  );
});

test("the same figures have the same digest, other figures another one", () => {
  expect(run().inputsDigest).toBe(run().inputsDigest);
  expect(run({ invoices: [] }).inputsDigest).not.toBe(run().inputsDigest);
});

const finding = {
  key: "k",
  category: "Invoice",
  tenantId: A,
  description: "d",
  variancePct: "1",
  evidence: {},
} as const;
const checks = (...findings: Check["findings"][number][]) => [
  { ...run().checks[0], check: "invoice", findings } as unknown as Check,
];
const known = (over: Partial<KnownException> = {}): KnownException => ({
  exceptionId: "EXC-1",
  findingKey: "k",
  status: "open",
  description: "d",
  ...over,
});

test("a finding is one exception however often it is found, and resolves itself when it is gone", () => {
  expect(planExceptions([], checks(finding))).toMatchObject({ added: [{ key: "k" }], foundAgain: [], gone: [] });
  expect(planExceptions([known()], checks(finding))).toMatchObject({ added: [], foundAgain: [{ isReopened: false }] });
  expect(planExceptions([known()], checks())).toMatchObject({ added: [], foundAgain: [], gone: ["EXC-1"] });
  expect(planExceptions([known({ status: "resolved" })], checks()).gone).toEqual([]);
});

test("a resolved exception that is still there opens again; an accepted one only when it changed", () => {
  const again = (status: KnownException["status"], description = "d") =>
    planExceptions([known({ status, description })], checks(finding)).foundAgain[0]?.isReopened;
  expect(again("resolved")).toBe(true);
  expect(again("accepted")).toBe(false);
  expect(again("accepted", "other amount")).toBe(true);
});

test("a day's payments that are not posted, or posted with another sum, stand apart even where the sums agree", () => {
  const payment = (paymentId: string, usdMinor: bigint, over: Partial<DayPayment> = {}): DayPayment => ({
    paymentId,
    provider: "bank",
    status: "confirmed",
    usdMinor,
    postedUsdMinor: usdMinor,
    ...over,
  });
  const swapped = [payment("PAY-1", 100n, { postedUsdMinor: 200n }), payment("PAY-2", 200n, { postedUsdMinor: 100n })];
  expect(compareDay(swapped, RECONCILIATION_POLICY)).toMatchObject([{ isWithin: true, apart: ["PAY-1", "PAY-2"] }]);
  const unposted = [payment("PAY-1", 10_000n), payment("PAY-2", 51n, { postedUsdMinor: undefined })];
  expect(compareDay(unposted, RECONCILIATION_POLICY)).toMatchObject([
    { received: "100.51", posted: "100", difference: "0.51", isWithin: false, apart: ["PAY-2"] },
  ]);
  const waiting = [payment("PAY-3", 500n, { status: "pending", postedUsdMinor: undefined, provider: "manual" })];
  expect(compareDay([...waiting, payment("PAY-1", 100n)], RECONCILIATION_POLICY)).toMatchObject([
    { provider: "bank", pending: "0", apart: [] },
    { provider: "manual", received: "0", pending: "5", isWithin: true, apart: [] },
  ]);
});
