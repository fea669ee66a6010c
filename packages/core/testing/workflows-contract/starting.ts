import { expect, test } from "vitest";
import { ended, NOBODY, start, TOO_LARGE, workflows } from "./rig.ts";

/** What a start does, and does once. */
export const startingRules = (): void => {
  test("an execution runs to its end and tells input, output, times and the definition that it ran", async () => {
    const input = { amount: 21, note: "Grüße, 世界 🎉" };
    const begun = await workflows().start({ machine: "doubling", name: "whole.1_A-z", input });
    const found = await ended(begun.executionArn);
    expect(found).toMatchObject({
      executionArn: begun.executionArn,
      machine: "doubling",
      name: "whole.1_A-z",
      status: "SUCCEEDED",
      startedAt: begun.startedAt,
      redriveCount: 0,
      input,
      output: { doubled: 42, note: "Grüße, 世界 🎉" },
      error: undefined,
      cause: undefined,
    });
    expect(found.stoppedAt?.getTime()).toBeGreaterThanOrEqual(begun.startedAt.getTime());
    expect(found.definition).toMatchObject({ StartAt: "Double", States: { Double: { Type: "Task" } } });
  });

  test("a task that throws fails its execution with the name of the error, and the cause has its message", async () => {
    const found = await ended(await start("failing", "thrown", { reason: "the well is dry" }));
    expect(found).toMatchObject({ status: "FAILED", error: "WellDry", output: undefined });
    expect(found.cause).toContain("the well is dry");
  });

  test("started again while it runs, with the same input in any order of members, it is the execution that is there", async () => {
    const request = { machine: "asking", name: "again", input: { question: "again", more: { a: 1, b: [2] } } };
    const first = await workflows().start(request);
    const reordered = { more: { b: [2], a: 1 }, question: "again" };
    expect(await workflows().start(request)).toEqual(first);
    expect(await workflows().start({ ...request, input: reordered })).toEqual(first);
    await expect(workflows().start({ ...request, input: { question: "other" } })).rejects.toMatchObject({
      kind: "exists",
    });
    await workflows().stop(first.executionArn, NOBODY);
    await expect(workflows().start(request)).rejects.toMatchObject({ kind: "exists" });
  });

  test("of many starts of one name at once there is one execution", async () => {
    const request = { machine: "asking", name: "at-once", input: { question: "at-once" } };
    const starts = await Promise.all(Array.from({ length: 5 }, () => workflows().start(request)));
    expect(new Set(starts.map(({ executionArn }) => executionArn)).size).toBe(1);
    const { rows } = await workflows().list({ machine: "asking", size: 100 });
    expect(rows.filter(({ name }) => name === "at-once")).toHaveLength(1);
    await workflows().stop(starts[0]?.executionArn ?? "", NOBODY);
  });
};

/** What is refused starts nothing. */
export const refusedStarts = (): void => {
  test.each(["", "with blank", "a/b", "ä", "a:b", "x".repeat(81), "a\nb"])(
    "a name such as %j is refused and starts nothing",
    async (name) => {
      const refused = workflows().start({ machine: "idle", name, input: {} });
      await expect(refused).rejects.toMatchObject({ kind: "invalid" });
      expect(await workflows().list({ machine: "idle", size: 10 })).toMatchObject({ rows: [] });
    },
  );

  test("an input over 256 KiB of UTF-8 is refused and starts nothing", async () => {
    for (const input of [TOO_LARGE, "ü".repeat(131_072)])
      await expect(workflows().start({ machine: "idle", name: "large", input })).rejects.toMatchObject({
        kind: "invalid",
      });
    expect(await workflows().list({ machine: "idle", size: 10 })).toMatchObject({ rows: [] });
  });

  test("a machine or an execution that is not there is missing, whatever is asked of it", async () => {
    const known = await start("doubling", "known", { amount: 1, note: "" });
    await expect(start("no-such-machine", "x")).rejects.toMatchObject({ kind: "missing" });
    await expect(workflows().list({ machine: "no-such-machine", size: 10 })).rejects.toMatchObject({ kind: "missing" });
    for (const arn of [`${known}-not`, "arn:aws:states:::nothing", "no arn", ""]) {
      await expect(workflows().describe(arn)).rejects.toMatchObject({ kind: "missing" });
      await expect(workflows().history(arn, { size: 10 })).rejects.toMatchObject({ kind: "missing" });
      await expect(workflows().stop(arn, NOBODY)).rejects.toMatchObject({ kind: "missing" });
      await expect(workflows().redrive(arn)).rejects.toMatchObject({ kind: "missing" });
    }
  });
};
