import { expect, test } from "vitest";
import { day, monthPeriod, month } from "../time/index.ts";
import { checkMove, INVOICE_STATUSES, isIssued, mayMove, paymentStatus } from "./invoice.ts";
import { invoiceIdOf } from "./invoice-id.ts";
import { fiscalYearOf, localDay, numberText } from "./number.ts";

test("only what was approved can be issued, and nothing issued goes back to a draft or is discarded", () => {
  expect(INVOICE_STATUSES.filter((from) => mayMove(from, "issued") && !isIssued(from))).toEqual(["approved"]);
  expect(INVOICE_STATUSES.filter((from) => mayMove(from, "approved"))).toEqual(["pending_approval"]);
  const issued = INVOICE_STATUSES.filter(isIssued);
  expect(issued.flatMap((from) => INVOICE_STATUSES.filter((to) => mayMove(from, to) && !isIssued(to)))).toEqual([]);
});

test("a move that is not allowed says what the invoice is and where it can go", () => {
  expect(() => checkMove("INV-1", "draft", "issued")).toThrow(/INV-1 is draft.*pending_approval, discarded/);
  expect(() => checkMove("INV-1", "cancelled", "paid")).toThrow(/final/);
});

test("paid means exactly nothing is open", () => {
  expect([paymentStatus(100n, 0n), paymentStatus(100n, 99n), paymentStatus(100n, 100n), paymentStatus(0n, 0n)]).toEqual(
    ["issued", "partially_paid", "paid", "paid"],
  );
});

test("the first regular invoice of a period has the plain id, every other says its kind and count", () => {
  const of = { period: monthPeriod(month("2025-09")), suffix: "ACME" };
  expect(invoiceIdOf({ ...of, kind: "regular", earlier: 0 })).toBe("INV-202509-ACME");
  expect(invoiceIdOf({ ...of, kind: "regular", earlier: 1 })).toBe("INV-202509-ACME-regular-2");
  expect(invoiceIdOf({ ...of, kind: "adjustment", earlier: 0 })).toBe("INV-202509-ACME-adjustment-1");
});

test("a number carries the fiscal year of the entity's own day", () => {
  expect(localDay(new Date("2026-03-31T20:00:00Z"), "Asia/Kolkata")).toBe("2026-04-01");
  expect(localDay(new Date("2026-04-01T02:00:00Z"), "America/New_York")).toBe("2026-03-31");
  expect([
    fiscalYearOf(day("2026-03-31"), 4),
    fiscalYearOf(day("2026-04-01"), 4),
    fiscalYearOf(day("2026-01-01"), 1),
  ]).toEqual([2025, 2026, 2026]);
  expect(numberText("CO", "invoice", 2026, 42)).toBe("CO-2026-000042");
  expect(numberText("CO", "credit_note", 2026, 7)).toBe("CO-CN-2026-000007");
});
