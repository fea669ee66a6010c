import { expect, test } from "vitest";
import type { ExecutionEvent, ExecutionSummary } from "../../src/ports/index.ts";
import { asked, ended, eventually, NOBODY, start, wholeHistory, workflows } from "./rig.ts";

/** What histories tell. */
export const historyRules = (): void => {
  test("the history is the same in one page, in small pages and backwards", async () => {
    const executionArn = await start("two-steps", "told", { fails: false });
    await ended(executionArn);
    const all = await wholeHistory(executionArn, { size: 1000 });
    expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index + 1));
    expect(all.every(({ id, previousId }) => previousId >= 0 && previousId < id)).toBe(true);
    expect(all.every(({ at }, index) => at >= (all[index - 1]?.at ?? at))).toBe(true);
    expect(await wholeHistory(executionArn, { size: 3 })).toEqual(all);
    expect(await wholeHistory(executionArn, { size: 3, newestFirst: true })).toEqual(all.toReversed());
  });

  test("the history tells states with what went in and came out, tasks with their state, and the end", async () => {
    const executionArn = await start("doubling", "in-and-out", { amount: 4, note: "n" });
    await ended(executionArn);
    const events = await wholeHistory(executionArn, { size: 100 });
    const one = (type: string): ExecutionEvent | undefined => events.find((event) => event.type === type);
    expect(one("ExecutionStarted")).toMatchObject({ id: 1, details: { input: { amount: 4, note: "n" } } });
    expect(one("TaskStateEntered")).toMatchObject({ state: "Double", details: { input: { amount: 4, note: "n" } } });
    expect(one("TaskStateExited")).toMatchObject({
      state: "Double",
      details: { output: { doubled: 8, note: "n" } },
    });
    expect(one("LambdaFunctionSucceeded")).toMatchObject({ state: "Double" });
    expect(events.at(-1)).toMatchObject({
      type: "ExecutionSucceeded",
      state: undefined,
      details: { output: { doubled: 8, note: "n" } },
    });
  });

  test("the history of a failed execution ends with its error and cause", async () => {
    const executionArn = await start("failing", "told-failure", { reason: "no bucket" });
    await ended(executionArn);
    const { rows } = await workflows().history(executionArn, { size: 2, newestFirst: true });
    expect(rows[0]).toMatchObject({ type: "ExecutionFailed", details: { error: "WellDry" } });
    expect(rows[1]).toMatchObject({ type: "LambdaFunctionFailed", state: "Draw", details: { error: "WellDry" } });
    expect(JSON.stringify(rows[0]?.details.cause)).toContain("no bucket");
  });

  test("the history of an execution that runs tells where it waits", async () => {
    const { executionArn } = await asked("where");
    const types = async (): Promise<string[]> =>
      (await wholeHistory(executionArn, { size: 100 })).map(({ type, state }) => `${type} ${state ?? ""}`.trim());
    await eventually(async () => ((await types()).includes("TaskSubmitted Ask") ? true : undefined));
    const seen = await types();
    expect(seen.slice(0, 2)).toEqual(["ExecutionStarted", "TaskStateEntered Ask"]);
    expect(seen.filter((event) => /Exited|Succeeded/.test(event))).toEqual([]);
    await workflows().stop(executionArn, NOBODY);
    expect((await types()).at(-1)).toBe("ExecutionAborted");
  });
};

/** What lists show. */
export const listRules = (): void => {
  test("lists are newest first, by status when asked, and pages lose and repeat nothing", async () => {
    const names = ["one", "two", "three", "four", "five"];
    for (const name of names) {
      await ended(await start("listed", name, { fails: name.startsWith("f") }));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const whole = await workflows().list({ machine: "listed", size: 100 });
    expect(whole.nextToken).toBeUndefined();
    expect(whole.rows.map(({ name }) => name)).toEqual(names.toReversed());
    const [newest] = whole.rows;
    expect(newest).toMatchObject({ machine: "listed", status: "FAILED", redriveCount: 0 });
    expect(await workflows().describe(newest?.executionArn ?? "")).toMatchObject({ ...newest });

    const paged: string[] = [];
    let token: string | undefined;
    do {
      const page = await workflows().list({ machine: "listed", size: 2, token });
      expect(page.rows.length).toBeLessThanOrEqual(2);
      paged.push(...page.rows.map(({ name }) => name));
      token = page.nextToken;
    } while (token !== undefined);
    expect(paged).toEqual(names.toReversed());

    const failed = await workflows().list({ machine: "listed", status: "FAILED", size: 100 });
    expect(failed.rows.map(({ name }) => name)).toEqual(["five", "four"]);
    expect((await workflows().list({ machine: "listed", status: "RUNNING", size: 100 })).rows).toEqual([]);
  });

  test("a page token that was not given out is refused", async () => {
    const executionArn = await start("doubling", "paged", { amount: 1, note: "" });
    const page = { size: 10, token: "no-token" };
    await expect(workflows().history(executionArn, page)).rejects.toMatchObject({ kind: "invalid" });
    await expect(workflows().list({ machine: "doubling", ...page })).rejects.toMatchObject({ kind: "invalid" });
  });
};

/** What is known of the children of distributed Maps. */
export const childRules = (): void => {
  test("the children of a Map are listed by pages and by status, and each has its input, its end, its definition and its history", async () => {
    const items = [0, 1, 2, 3, 4].map((item) => ({ item, fails: item === 2 }));
    const executionArn = await start("mapped", "five", { items });
    await ended(executionArn);
    const found: ExecutionSummary[] = [];
    let token: string | undefined;
    do {
      const page = await workflows().children(executionArn, { size: 2, token });
      expect(page.rows.length).toBeLessThanOrEqual(2);
      found.push(...page.rows);
      token = page.nextToken;
    } while (token !== undefined);
    expect(new Set(found.map((child) => child.executionArn)).size).toBe(5);
    expect(found.every(({ machine }) => machine === "mapped")).toBe(true);
    expect(found.map(({ status }) => status).toSorted()).toEqual(["FAILED", ...Array<string>(4).fill("SUCCEEDED")]);

    const { rows } = await workflows().children(executionArn, { size: 10, status: "FAILED" });
    expect(rows).toHaveLength(1);
    const [failed] = rows;
    const arn = failed?.executionArn ?? "";
    expect(await workflows().describe(arn)).toMatchObject({
      ...failed,
      input: { item: 2, fails: true },
      error: "Mapped",
      cause: "as asked",
      output: undefined,
      definition: { QueryLanguage: "JSONata", StartAt: "Which" },
    });
    const events = await wholeHistory(arn, { size: 2 });
    expect(events[0]).toMatchObject({ id: 1, type: "ExecutionStarted", details: { input: { item: 2, fails: true } } });
    expect(events.at(-1)).toMatchObject({ type: "ExecutionFailed", details: { error: "Mapped" } });
    const one = await workflows().children(executionArn, { size: 1, status: "SUCCEEDED" });
    const done = await workflows().describe(one.rows[0]?.executionArn ?? "");
    expect((done.input as { item: number }).item).toBe(done.output);
  });

  test("what has no Map has no children, and what is not there is missing", async () => {
    const executionArn = await start("doubling", "childless", { amount: 1, note: "" });
    await ended(executionArn);
    expect((await workflows().children(executionArn, { size: 10 })).rows).toEqual([]);
    const nobody = workflows().children(`${executionArn}-not`, { size: 10 });
    await expect(nobody).rejects.toMatchObject({ kind: "missing" });
  });
};
