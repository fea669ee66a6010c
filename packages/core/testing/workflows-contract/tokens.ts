import { expect, test } from "vitest";
import { ASKED } from "./machines.ts";
import { asked, ended, eventually, NOBODY, start, TOO_LARGE, workflows } from "./rig.ts";

/** What answers to tokens do. */
export const tokenRules = (): void => {
  test("the answer to a token is the task's output; a second answer of any kind finds the task ended", async () => {
    const { executionArn, token } = await asked("answered");
    await workflows().heartbeat(token);
    expect((await workflows().describe(executionArn)).status).toBe("RUNNING");
    await workflows().succeed(token, { answer: "yes" });
    expect(await ended(executionArn)).toMatchObject({ status: "SUCCEEDED", output: { answer: "yes" } });
    const late = { kind: "precondition", code: "TASK_TIMED_OUT" };
    await expect(workflows().succeed(token, { answer: "no" })).rejects.toMatchObject(late);
    await expect(workflows().fail(token, NOBODY)).rejects.toMatchObject(late);
    await expect(workflows().heartbeat(token)).rejects.toMatchObject(late);
    expect(await workflows().describe(executionArn)).toMatchObject({ output: { answer: "yes" } });
  });

  test("of two answers to a token at once one counts and the other is told", async () => {
    const { executionArn, token } = await asked("raced");
    const answers = await Promise.allSettled([
      workflows().succeed(token, { answer: "first" }),
      workflows().succeed(token, { answer: "second" }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const winner = answers[0]?.status === "fulfilled" ? "first" : "second";
    expect((await ended(executionArn)).output).toEqual({ answer: winner });
  });

  test("a failure sent to a token fails the task with its error and cause", async () => {
    const { executionArn, token } = await asked("refused");
    await workflows().fail(token, { error: "Refused", cause: "the approver said no" });
    expect(await ended(executionArn)).toMatchObject({
      status: "FAILED",
      error: "Refused",
      cause: "the approver said no",
    });
  });

  test("an output over 256 KiB is refused, and the task waits on", async () => {
    const { executionArn, token } = await asked("too-large");
    await expect(workflows().succeed(token, TOO_LARGE)).rejects.toMatchObject({ kind: "invalid" });
    await workflows().succeed(token, { answer: "short" });
    expect((await ended(executionArn)).output).toEqual({ answer: "short" });
  });

  test.each(["", "no token", "AQB4AAAAKgAAAAMAAAAAAAAAAe7", "x".repeat(2049)])(
    "what is no token of the service is refused as such (%#)",
    async (token) => {
      const refused = { kind: "invalid", code: "INVALID_TOKEN" };
      await expect(workflows().succeed(token, {})).rejects.toMatchObject(refused);
      await expect(workflows().fail(token, NOBODY)).rejects.toMatchObject(refused);
      await expect(workflows().heartbeat(token)).rejects.toMatchObject(refused);
    },
  );

  test("a task that is silent for longer than its heartbeat allows times out, and its token is dead", async () => {
    const executionArn = await start("impatient", "silent", { question: "silent" });
    const token = await eventually(() => ASKED.get("silent"));
    expect(await ended(executionArn)).toMatchObject({ status: "FAILED", error: "States.Timeout" });
    await expect(workflows().succeed(token, {})).rejects.toMatchObject({ code: "TASK_TIMED_OUT" });
  });
};
