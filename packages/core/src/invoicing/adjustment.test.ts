import fc from "fast-check";
import { expect, test } from "vitest";
import { sourceOf } from "../../testing/draft-source.ts";
import type { InvoiceId, RunId } from "../kernel/index.ts";
import { exact, subtract, sumExact, toText } from "../money/index.ts";
import { day, month } from "../time/index.ts";
import { adjustmentAmounts, billedLines, restatedLines, settle } from "./adjustment.ts";
import type { DraftDocument } from "./draft-document.ts";
import { draftInvoice } from "./draft.ts";
import { isMaterial, RESTATEMENT_POLICY } from "./restatement-policy.ts";

const ORIGINAL = "INV-202509-ACME" as InvoiceId;

const cost = fc
  .tuple(fc.bigInt({ min: -(10n ** 6n), max: 10n ** 15n }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, places]) => toText({ n: digits, d: 10n ** BigInt(places) }));

/** A delivery: what the tenant bears of NAT (charged at cost plus 25 percent) and of other services; and whether an invoice follows. */
const delivery = fc.record({ nat: cost, other: cost, isBilled: fc.boolean() });

const documentWith = (nat: string, other: string): DraftDocument =>
  draftInvoice(
    sourceOf({
      costs: [
        { id: "1", service: "AmazonEC2", category: "NAT", cost: nat, keyMetric: "nat_gb_processed" },
        { id: "2", service: "AmazonS3", category: "S3", cost: other, keyMetric: null },
      ],
    }),
  ).document;

const refOf = (version: number) => ({
  restatement_id: `RST-${version}`,
  period: month("2025-09"),
  invoice_id: ORIGINAL,
  run_id: `RUN-${version}` as RunId,
  allocation_digest: `sha256:${version}`,
  deliveries: [],
});

interface Issued {
  readonly invoiceId: InvoiceId;
  readonly document: DraftDocument;
}

const NEXT = { start: day("2025-10-01"), end: day("2025-10-31") };

const sumBy = (issued: readonly Issued[], lineId: string, part: "amount" | "cost") =>
  sumExact((billedLines(ORIGINAL, issued).get(lineId) ?? []).map((line) => exact(line[part])));

test("after any deliveries, what was billed and what the operator bears is what the last delivery says, to the last digit", () => {
  fc.assert(
    fc.property(delivery, fc.array(delivery, { minLength: 1, maxLength: 5 }), (first, later) => {
      const original = documentWith(first.nat, first.other);
      const issued: Issued[] = [{ invoiceId: ORIGINAL, document: original }];
      later.forEach(({ nat, other, isBilled }, index) => {
        const again = documentWith(nat, other);
        const billed = billedLines(ORIGINAL, issued);
        const lines = restatedLines(original, again, billed);
        const standing = settle({ ...refOf(index), lines }, billed, RESTATEMENT_POLICY);
        if (isBilled && standing.adjustments.length > 0) {
          const { document } = draftInvoice(sourceOf({ period: NEXT, adjustments: standing.adjustments, costs: [] }));
          issued.push({ invoiceId: `INV-2026${index}-ACME`, document });
          const after = settle({ ...refOf(index), lines }, billedLines(ORIGINAL, issued), RESTATEMENT_POLICY);
          expect(after.adjustments).toEqual([]);
        }
        const settled = settle({ ...refOf(index), lines }, billedLines(ORIGINAL, issued), RESTATEMENT_POLICY);
        const carried = sumExact(again.lines.map((line) => sumBy(issued, line.id, "cost")));
        const whole = sumExact(again.lines.map((line) => exact(line.cost)));
        // billed cost + what is left over = the last delivery's cost of the tenant
        expect(toText(subtract(whole, carried))).toBe(settled.cost);
        for (const line of again.lines) {
          const open = subtract(exact(line.amount), sumBy(issued, line.id, "amount"));
          const pending = settled.adjustments.find((one) => one.line.line_id === line.id);
          if (pending) expect(toText(open)).toBe(adjustmentAmounts(pending).amount);
        }
        if (settled.outcome === "operator") expect(settled.adjustments).toEqual([]);
      });
    }),
    { numRuns: 60 },
  );
});

test("a restatement to what was billed owes nothing", () => {
  const original = documentWith("40", "10.5");
  const billed = billedLines(ORIGINAL, [{ invoiceId: ORIGINAL, document: original }]);
  expect(restatedLines(original, documentWith("40", "10.5"), billed)).toEqual([]);
});

test("cost of lines whose price is not made of cost is the operator's, however much it is", () => {
  const original = documentWith("40", "10.5");
  const billed = billedLines(ORIGINAL, [{ invoiceId: ORIGINAL, document: original }]);
  const lines = restatedLines(original, documentWith("40", "5000"), billed);
  expect(settle({ ...refOf(1), lines }, billed, RESTATEMENT_POLICY)).toMatchObject({
    outcome: "operator",
    amount: "0",
    cost: "4989.5",
    adjustments: [],
  });
});

test.each([
  ["0.99", "10", false],
  ["-0.99", "10", false],
  ["1", "10", true],
  ["-1", "10", true],
  ["1", "200", false],
  ["1.01", "200", true],
  ["1", "0", true],
])("a difference of %s on %s billed is material: %s", (difference, base, expected) => {
  expect(isMaterial(exact(difference), exact(base), RESTATEMENT_POLICY)).toBe(expected);
});
