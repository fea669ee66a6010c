import { ASKED } from "./machines.ts";
import { expect } from "vitest";
import type { Json } from "../../src/kernel/index.ts";
import type { ExecutionDetail, ExecutionEvent, Workflows } from "../../src/ports/index.ts";

/** An adapter with the machines and tasks of the setting, and nothing else in it. */
export interface OpenedWorkflows {
  readonly workflows: Workflows;
  close(): Promise<void>;
}

export const NOBODY = { error: "Stopped", cause: "nobody needs it any more" };
/** With its quotes just over 256 KiB of JSON text. */
export const TOO_LARGE = "x".repeat(262_144);

let opened: OpenedWorkflows | undefined;
export const use = (next: OpenedWorkflows): void => void (opened = next);
export const workflows = (): Workflows => {
  if (opened === undefined) throw new Error("no adapter was opened");
  return opened.workflows;
};

/** Looks until `look` gives something; the engine works meanwhile. */
export const eventually = async <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it did not come about within 12 s");
};

export const ended = (executionArn: string): Promise<ExecutionDetail> =>
  eventually(async () => {
    const found = await workflows().describe(executionArn);
    return found.status === "RUNNING" ? undefined : found;
  });

export const start = async (machine: string, name: string, input: Json = {}): Promise<string> =>
  (await workflows().start({ machine, name, input })).executionArn;

/** Starts the machine that asks, and waits for its question: the token. */
export const asked = async (name: string): Promise<{ readonly executionArn: string; readonly token: string }> => {
  const executionArn = await start("asking", name, { question: name });
  return { executionArn, token: await eventually(() => ASKED.get(name)) };
};

export const wholeHistory = async (
  executionArn: string,
  page: { readonly size: number; readonly newestFirst?: boolean },
): Promise<ExecutionEvent[]> => {
  const events: ExecutionEvent[] = [];
  let token: string | undefined;
  do {
    const found = await workflows().history(executionArn, { ...page, token });
    expect(found.rows.length).toBeLessThanOrEqual(page.size);
    events.push(...found.rows);
    token = found.nextToken;
  } while (token !== undefined);
  return events;
};
