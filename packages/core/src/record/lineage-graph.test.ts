import { expect, test } from "vitest";
import { type LineageStep, openEnds, producerOf, versionKey } from "./lineage-graph.ts";

const step = (runId: string, digest: string, inputs: LineageStep["inputs"] = []): LineageStep => ({
  runId,
  inputs,
  outputs: [{ dataset: "allocation.2025-09", digest }],
});

test("the step that made what was read is the one with its digest, not the newest", () => {
  const steps = [step("RUN-2", "sha256:new"), step("RUN-1", "sha256:old")];
  expect(producerOf(steps, { dataset: "allocation.2025-09", digest: "sha256:old" })?.runId).toBe("RUN-1");
  expect(producerOf(steps, { dataset: "allocation.2025-09", digest: null })?.runId).toBe("RUN-2");
});

test("content that no step made came from outside", () => {
  const steps = [step("RUN-1", "sha256:old")];
  expect(producerOf(steps, { dataset: "allocation.2025-09", digest: "sha256:other" })).toBeUndefined();
  expect(producerOf(steps, { dataset: "usage.2025-09", digest: null })).toBeUndefined();
});

test("what was looked at is not looked at again, so that a walk ends", () => {
  const input = { dataset: "delivery.CUR-1", digest: "sha256:raw" };
  const steps = [step("RUN-1", "a", [input]), step("RUN-2", "b", [input])];
  expect(openEnds(steps, new Set())).toEqual([input]);
  expect(openEnds(steps, new Set([versionKey(input)]))).toEqual([]);
});
