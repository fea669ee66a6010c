import { expect, test } from "vitest";
import { day, month, monthPeriod } from "../time/index.ts";
import { draftFaults, draftWarnings, type PeriodFacts } from "./gate.ts";

const facts = (today: string, isFinal: boolean): PeriodFacts => ({
  period: monthPeriod(month("2026-06")),
  today: day(today),
  state: "open",
  verdicts: [],
  allocatedDeliveries: "sha256:1",
  deliveries: [{ deliveryId: "CUR-1", digest: "d1", isFinal }],
  usedDeliveries: [{ delivery_id: "CUR-1", digest: "d1" }],
});

test("billing waits for final cost, or for day 10, from which on the approver is told and decides", () => {
  expect(draftFaults(facts("2026-07-03", true))).toEqual([]);
  expect(draftFaults(facts("2026-07-09", false))).toMatchObject([{ field: "delivery" }]);
  expect(draftFaults(facts("2026-07-10", false))).toEqual([]);
  expect(draftWarnings(facts("2026-07-10", false), { days: 1, expected: 1 })).toEqual([
    expect.stringContaining("CUR-1 is not final"),
  ]);
});

test("a closed period and a failed check are named together", () => {
  const blocked = {
    ...facts("2026-07-10", true),
    state: "closed" as const,
    verdicts: [{ checkName: "identity", verdict: "failed" }],
  };
  expect(draftFaults(blocked).map((fault) => fault.field)).toEqual(["period", "verdict.identity"]);
});
