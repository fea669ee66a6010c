import { expect, test } from "vitest";
import { ASKED } from "./machines.ts";
import { asked, ended, eventually, NOBODY, start, wholeHistory, workflows } from "./rig.ts";

/** How executions are ended, and taken up again. */
export const endingRules = (): void => {
  test("a stopped execution is aborted with the reason, its token is dead, and a second stop changes nothing", async () => {
    const { executionArn, token } = await asked("stopped");
    const { stoppedAt } = await workflows().stop(executionArn, NOBODY);
    const found = await ended(executionArn);
    expect(found).toMatchObject({ status: "ABORTED", ...NOBODY, stoppedAt, output: undefined });
    await expect(workflows().succeed(token, {})).rejects.toMatchObject({ code: "TASK_TIMED_OUT" });
    await workflows().stop(executionArn, { error: "Other", cause: "other" });
    expect(await workflows().describe(executionArn)).toEqual(found);
  });

  test("stopping what has succeeded leaves it so", async () => {
    const executionArn = await start("doubling", "too-late", { amount: 1, note: "" });
    const found = await ended(executionArn);
    await workflows().stop(executionArn, NOBODY);
    expect(await workflows().describe(executionArn)).toEqual(found);
  });

  test("a redrive goes on at the state that failed: what succeeded is not done again, and the history goes on", async () => {
    const executionArn = await start("two-steps", "redriven", { fails: true });
    expect(await ended(executionArn)).toMatchObject({ status: "FAILED", error: "NotYet" });
    const before = await wholeHistory(executionArn, { size: 100 });
    const { redrivenAt } = await workflows().redrive(executionArn);
    expect(redrivenAt.getTime()).toBeGreaterThanOrEqual(before.at(-1)?.at.getTime() ?? Infinity);
    const found = await ended(executionArn);
    expect(found).toMatchObject({ status: "SUCCEEDED", redriveCount: 1, error: undefined, cause: undefined });
    expect(found.output).toEqual({ first: 1, second: 2 });
    const after = await wholeHistory(executionArn, { size: 100 });
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after[before.length]?.type).toBe("ExecutionRedriven");
    expect(after.at(-1)?.type).toBe("ExecutionSucceeded");
  });

  test("a redrive of what was stopped at its token asks again, under a token of its own", async () => {
    const { executionArn, token } = await asked("asked-again");
    await workflows().stop(executionArn, NOBODY);
    ASKED.delete("asked-again");
    await workflows().redrive(executionArn);
    const fresh = await eventually(() => ASKED.get("asked-again"));
    await expect(workflows().succeed(token, { answer: "old" })).rejects.toMatchObject({ code: "TASK_TIMED_OUT" });
    await workflows().succeed(fresh, { answer: "new" });
    expect(await ended(executionArn)).toMatchObject({ status: "SUCCEEDED", output: { answer: "new" } });
  });

  test("what runs or has succeeded cannot be redriven", async () => {
    const { executionArn } = await asked("runs-on");
    await expect(workflows().redrive(executionArn)).rejects.toMatchObject({ kind: "precondition" });
    await workflows().stop(executionArn, NOBODY);
    const done = await start("doubling", "done", { amount: 1, note: "" });
    await ended(done);
    await expect(workflows().redrive(done)).rejects.toMatchObject({ kind: "precondition" });
  });
};
