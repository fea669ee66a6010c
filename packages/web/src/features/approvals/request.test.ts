import { expect, test } from "vitest";
import { type Approval, isUnremarkable, readRequest } from "./request.ts";

const approval = (comparison: Approval["summary"]): Approval => ({
  approval_id: "APR-1",
  kind: "invoice",
  subject_id: "INV-1",
  tenant_id: null,
  digest: "sha256:00",
  state: "pending",
  prepared_by: [],
  requested_by: "USR-1",
  requested_at: "2026-01-01T00:00:00.000Z",
  expires_at: "2026-01-15T00:00:00.000Z",
  decided_by: null,
  decided_at: null,
  reason: null,
  summary: { tenant_name: "Acme", total: "110.00", currency: "USD", comparison },
});

const line = (state: string, change: string) => ({ state, change, line_type: "usage", sku_code: state });
const comparison = (change: string, state = "changed") => ({
  previous_invoice_id: "INV-0",
  previous_total: "100.00",
  change,
  lines: [line(state, change)],
});

test.each([
  ["a change of exactly 10 %", comparison("10.00"), true],
  ["a fall of exactly 10 %", comparison("-10.00"), true],
  ["more than 10 %", comparison("10.01"), false],
  ["a new line", comparison("1.00", "new"), false],
  ["a line that is gone", comparison("-1.00", "gone"), false],
  ["no month before", { ...comparison("1.00"), previous_invoice_id: null }, false],
  ["a change that its lines do not explain", { ...comparison("1.00"), lines: [] }, false],
])("approved in bulk or not: %s", (_, found, expected) => {
  expect(isUnremarkable(readRequest(approval(found)))).toBe(expected);
});

test("a payment is never approved in bulk as unremarkable", () => {
  expect(
    isUnremarkable(readRequest({ ...approval({}), kind: "manual_payment", summary: { amount_usd: "5.00" } })),
  ).toBe(false);
});
