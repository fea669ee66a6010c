import fc from "fast-check";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs, testClock } from "../../testing/actors.ts";
import { testDatabase } from "../../testing/database.ts";
import type { JournalId, TenantId } from "../kernel/index.ts";
import type { Database } from "../ports/index.ts";
import type { World } from "../record/index.ts";
import { day } from "../time/index.ts";
import {
  type Amount,
  type Entry,
  issueEntry,
  paymentEntry,
  postEntry,
  readEntry,
  reversalOf,
  trialBalance,
} from "./index.ts";

let database: Database;
const clock = testClock("2026-07-10T08:00:00Z");
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = { database, clock } as unknown as World;
});
afterAll(() => database.close());

const TENANT = "TEN-A" as TenantId;
const usd = (cents: bigint): Amount => ({ minor: cents, usdMinor: cents });
const invoiceEntry = (invoiceId: string, revenue: Readonly<Record<string, bigint>>, tax: bigint): Entry =>
  issueEntry({
    invoiceId,
    number: "CO-2026-000001",
    tenantId: TENANT,
    issueDate: day("2026-07-10"),
    currency: "USD",
    total: usd(Object.values(revenue).reduce((sum, cents) => sum + cents, tax)),
    revenue: new Map(Object.entries(revenue).map(([family, cents]) => [family, usd(cents)])),
    tax: usd(tax),
  });
const payment = (paymentId: string, received: bigint, applied: bigint, fee: bigint): Entry =>
  paymentEntry({
    paymentId,
    tenantId: TENANT,
    provider: "stripe",
    receivedOn: day("2026-07-12"),
    currency: "USD",
    received: usd(received),
    applied: usd(applied),
    kept: usd(received - applied),
    fee: usd(fee),
  });
const post = (entry: Entry) =>
  database.transaction("operator", (tx) => postEntry(tx, entry, { journalId: `JRN-${clock.id()}`, now: clock.now() }));
const balance = () => trialBalance.run(callAs(world, actorOf("finance")), {});

const cents = fc.bigInt({ min: -1_000_000n, max: 10_000_000n });
const positive = fc.bigInt({ min: 1n, max: 10_000_000n });

test("issuing posts receivables against revenue by SKU family and tax", () => {
  const entry = invoiceEntry("INV-1", { storage: 1000n, compute: 500n }, 300n);
  expect(entry.lines.map((line) => [line.account.name, line.skuFamily, line.usdMinor])).toEqual([
    ["Receivables", null, 1800n],
    ["Revenue", "compute", -500n],
    ["Revenue", "storage", -1000n],
    ["Tax payable", null, -300n],
  ]);
});

test("cents that conversion leaves over are posted to rounding, and a gain between two rates to realised FX", () => {
  const issued = issueEntry({
    invoiceId: "INV-E",
    number: "1",
    tenantId: TENANT,
    issueDate: day("2026-07-10"),
    currency: "EUR",
    total: { minor: 300n, usdMinor: 325n },
    revenue: new Map([
      ["a", { minor: 150n, usdMinor: 163n }],
      ["b", { minor: 150n, usdMinor: 163n }],
    ]),
    tax: usd(0n),
  });
  expect(issued.lines.find((line) => line.account.name === "Rounding")).toMatchObject({ minor: 0n, usdMinor: 1n });
  const paid = paymentEntry({
    paymentId: "PAY-E",
    tenantId: TENANT,
    provider: "bank",
    receivedOn: day("2026-08-01"),
    currency: "EUR",
    received: { minor: 300n, usdMinor: 330n },
    applied: { minor: 300n, usdMinor: 325n },
    kept: usd(0n),
    fee: usd(0n),
  });
  expect(paid.lines.map((line) => [line.account.name, line.usdMinor])).toEqual([
    ["Cash at bank", 330n],
    ["Receivables", -325n],
    ["Realised currency gain or loss", -5n],
  ]);
});

test("an entry whose parts are not its total is refused", () => {
  const entry = () =>
    issueEntry({
      invoiceId: "INV-2",
      number: "2",
      tenantId: TENANT,
      issueDate: day("2026-07-10"),
      currency: "USD",
      total: usd(100n),
      revenue: new Map([["a", usd(90n)]]),
      tax: usd(9n),
    });
  expect(entry).toThrow(/not revenue and tax/);
});

test("every entry balances, in USD and in the document's currency, whatever its amounts", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), cents), cents, (revenue, tax) => {
      const { lines } = invoiceEntry("INV-P", revenue, tax);
      expect(lines.reduce((sum, line) => sum + line.usdMinor, 0n)).toBe(0n);
      expect(lines.reduce((sum, line) => sum + line.minor, 0n)).toBe(0n);
    }),
  );
});

test("an entry is posted once for its document and event; other lines for the same event are refused", async () => {
  const entry = invoiceEntry("INV-3", { compute: 1000n }, 190n);
  const first = await post(entry);
  const again = await post(entry);
  expect([first.isNew, again]).toEqual([true, { journalId: first.journalId, isNew: false }]);
  await expect(post(invoiceEntry("INV-3", { compute: 1001n }, 190n))).rejects.toMatchObject({ kind: "precondition" });
  const stored = await database.transaction("operator", (tx) =>
    readEntry(tx, { documentType: "invoice", documentId: "INV-3", event: "issue" }),
  );
  expect(stored).toEqual({ journalId: first.journalId, entry });
});

test("the database refuses an entry that does not balance, and every change of a posted one", async () => {
  const lopsided = (entry: Entry): Entry => ({ ...entry, lines: entry.lines.slice(1) });
  await expect(post(lopsided(invoiceEntry("INV-4", { compute: 5n }, 0n)))).rejects.toThrow(/does not balance/);
  await post(invoiceEntry("INV-5", { compute: 5n }, 0n));
  const run = (text: string) => database.transaction("operator", (tx) => tx.execute(sql.raw(text)));
  await expect(run("update journal_line set amount_usd_minor = 0")).rejects.toMatchObject({ kind: "precondition" });
  await expect(run("delete from journal_entry")).rejects.toMatchObject({ kind: "precondition" });
});

test("after any sequence of invoices, payments and reversals the trial balance is zero", async () => {
  const step = fc.oneof(
    fc.record({
      what: fc.constant("invoice" as const),
      revenue: fc.dictionary(fc.constantFrom("a", "b", "c"), cents),
      tax: cents,
    }),
    fc.record({
      what: fc.constant("payment" as const),
      received: positive,
      share: fc.integer({ min: 0, max: 100 }),
      fee: positive,
    }),
    fc.record({ what: fc.constant("reversal" as const), pick: fc.nat() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      const posted: { journalId: JournalId; entry: Entry }[] = [];
      for (const each of steps) {
        const id = clock.id();
        if (each.what === "reversal") {
          const target = posted.splice(each.pick % Math.max(1, posted.length), 1)[0];
          if (target)
            await post(
              reversalOf(target.journalId, target.entry, {
                event: "reversal",
                entryDate: day("2026-07-31"),
                description: "back",
              }),
            );
          continue;
        }
        const entry =
          each.what === "invoice"
            ? invoiceEntry(`INV-${id}`, each.revenue, each.tax)
            : payment(`PAY-${id}`, each.received, (each.received * BigInt(each.share)) / 100n, each.fee);
        posted.push({ journalId: (await post(entry)).journalId, entry });
      }
      expect(await balance()).toMatchObject({ difference: "0.00", is_balanced: true });
    }),
    { numRuns: 15 },
  );
  expect((await balance()).accounts.length).toBeGreaterThan(4);
});

test("the trial balance stops at a day, and a tenant does not see the books", async () => {
  const before = await trialBalance.run(callAs(world, actorOf("auditor")), { until: "2026-07-09" });
  expect(before.accounts).toEqual([]);
  const tenant = callAs(world, actorOf("tenant_admin", "tina", TENANT));
  await expect(trialBalance.run(tenant, {})).rejects.toMatchObject({ kind: "forbidden" });
});
