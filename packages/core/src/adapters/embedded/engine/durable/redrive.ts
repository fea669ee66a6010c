import { and, eq, like } from "drizzle-orm";
import { missing, precondition } from "../../../../kernel/index.ts";
import type { Tx } from "../../../../ports/index.ts";
import { workflowEvent, workflowExecution, workflowJournal } from "../../../../workflows/execution.sql.ts";
import type { ExecutionResult } from "../run.ts";
import { addEvent } from "./executions.ts";
import { redriveKey } from "./journal.ts";

/** An event as far as it tells what had not ended. */
export interface KeyedEvent {
  readonly key: string;
  readonly type: string;
}

/** A visit of a state that was entered and not left, and the attempt that it was in. */
export interface Unfinished {
  readonly path: string;
  readonly attempt: number;
  /** Whether it is a Map or a Parallel: its branches that succeeded stay. */
  readonly isComposite: boolean;
}

const ENTERED = "/entered";
const COMPOSITE = new Set(["ParallelStateEntered", "MapStateEntered"]);

const last = (numbers: readonly number[]): number => numbers.reduce((most, number) => Math.max(most, number), 0);

/** The number of the last attempt that the events of a visit tell of. */
const lastAttempt = (path: string, keys: readonly string[]): number =>
  last(
    keys.flatMap((key) => {
      const rest = key.startsWith(path) ? /^(?:@\d+)?\/try\.(\d+)\//.exec(key.slice(path.length)) : null;
      return rest === null ? [] : [Number(rest[1])];
    }),
  );

/**
 * What of an execution did not come to its end, from its events: the states below `prefix` that were entered and not left, and within those
 * that are Maps or Parallels the same of their last attempt. What a Retry or a Catch has dealt with is not among it.
 */
export const unfinished = (events: readonly KeyedEvent[], prefix: string): Unfinished[] => {
  const keys = events.map(({ key }) => key);
  const left = new Set(
    events.flatMap(({ key, type }) =>
      type.endsWith("StateExited") ? [key.slice(0, -type.length - 1).replace(/@\d+$/, "")] : [],
    ),
  );
  const open = events.flatMap(({ key, type }) => {
    const path = key.slice(0, -ENTERED.length);
    return key.endsWith(ENTERED) && !left.has(path) ? [{ path, isComposite: COMPOSITE.has(type) }] : [];
  });
  const below = (from: string, isNext: RegExp): Unfinished[] =>
    open
      .filter(({ path }) => path.startsWith(from) && isNext.test(path.slice(from.length)))
      .flatMap(({ path, isComposite }) => {
        if (!isComposite) return [{ path, attempt: 0, isComposite }];
        const attempt = lastAttempt(path, keys);
        return [{ path, attempt, isComposite }, ...below(`${path}/try.${attempt}/`, /^(?:branch|item)\.\d+\/[^/]+$/)];
      });
  return below(prefix, /^[^/]+$/);
};

interface Mark {
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/** What a redrive leaves in the journal for the interpreter, and which ends of children of distributed maps it takes out. */
interface Plan {
  readonly marks: Mark[];
  readonly reopened: { readonly scope: string; readonly key: string }[];
}

/** Plans a scope, and the children of its maps that did not succeed. */
const planScope = (
  plan: Plan,
  scope: string,
  redrive: number,
  known: { readonly events: ReadonlyMap<string, readonly KeyedEvent[]>; readonly succeeded: ReadonlySet<string> },
): void => {
  for (const { path, attempt, isComposite } of unfinished(known.events.get(scope) ?? [], `${scope}/`)) {
    plan.marks.push({ scope, key: `${path}/redriven`, value: JSON.stringify({ redrive, attempt }) });
    if (!isComposite) continue;
    for (const child of known.events.keys()) {
      const item = child.startsWith(`${path}/try.${attempt}/`) ? child.slice(path.length) : "";
      if (!/^\/try\.\d+\/item\.\d+$/.test(item) || known.succeeded.has(child)) continue;
      plan.reopened.push({ scope, key: `${child}/ended` });
      planScope(plan, child, redrive, known);
    }
  }
};

const planFor = async (tx: Tx, executionNo: number, redrive: number): Promise<Plan> => {
  const { scope, key, type } = workflowEvent;
  const rows = await tx
    .select({ scope, key, type })
    .from(workflowEvent)
    .where(eq(workflowEvent.executionNo, executionNo));
  const events = new Map<string, KeyedEvent[]>();
  for (const row of rows) events.set(row.scope, [...(events.get(row.scope) ?? []), row]);
  const ends = await tx
    .select({ key: workflowJournal.key, value: workflowJournal.value })
    .from(workflowJournal)
    .where(and(eq(workflowJournal.executionNo, executionNo), like(workflowJournal.key, "%/ended")));
  const succeeded = new Set(
    ends
      .filter(({ value }) => (JSON.parse(value) as Partial<ExecutionResult>).status === "SUCCEEDED")
      .map((end) => end.key.slice(0, -"/ended".length)),
  );
  const plan: Plan = { marks: [], reopened: [] };
  planScope(plan, "", redrive, { events, succeeded });
  return plan;
};

/** Takes up an execution that failed, ran out of time or was stopped. Throws what the port promises. */
export const redriveExecution = async (tx: Tx, executionArn: string, now: Date): Promise<void> => {
  const table = workflowExecution;
  const [row] = await tx.select().from(table).where(eq(table.executionArn, executionArn)).for("update");
  if (row === undefined) throw missing("execution", executionArn);
  const { executionNo, status } = row;
  if (status === "RUNNING" || status === "SUCCEEDED")
    throw precondition(
      `the execution ${row.name} is ${status}: only one that failed, timed out or was stopped is redriven`,
    );
  if (row.journalRemovedAt !== null)
    throw precondition(
      `the execution ${row.name} ended so long ago that its journal was removed (${row.journalRemovedAt.toISOString()}). Start it again instead.`,
    );
  const redrive = row.redriveCount + 1;
  const { marks, reopened } = await planFor(tx, executionNo, redrive);
  for (const { scope, key } of reopened)
    await tx
      .delete(workflowJournal)
      .where(
        and(
          eq(workflowJournal.executionNo, executionNo),
          eq(workflowJournal.scope, scope),
          eq(workflowJournal.key, key),
        ),
      );
  for (const mark of marks)
    await tx
      .insert(workflowJournal)
      .values({ executionNo, ...mark })
      .onConflictDoUpdate({
        target: [workflowJournal.executionNo, workflowJournal.scope, workflowJournal.key],
        set: { value: mark.value },
      });
  const told = { key: redriveKey(redrive), type: "ExecutionRedriven", at: now, details: { redriveCount: redrive } };
  await addEvent(tx, executionNo, told);
  const again = { status: "RUNNING", output: null, error: null, cause: null, stoppedAt: null, wakeAt: now } as const;
  await tx
    .update(table)
    .set({ ...again, redriveCount: redrive, redrivenAt: now })
    .where(eq(table.executionNo, executionNo));
};
