import { exists, type Json, missing, precondition } from "@commops/core/kernel";
import type { ExecutionDetail, ExecutionEvent, ExecutionStatus, Workflows } from "@commops/core/ports";

interface Kept {
  detail: ExecutionDetail;
  readonly events: ExecutionEvent[];
}

/** State machines whose steps a test tells one by one; names, pages and moves as the port promises them. */
export interface ScriptedWorkflows extends Workflows {
  /** Adds an event to an execution's history. */
  tell(executionArn: string, type: string, state?: string, details?: ExecutionEvent["details"]): void;
  /** Ends an execution. */
  end(executionArn: string, status: ExecutionStatus, result?: { output?: Json; error?: string; cause?: string }): void;
}

const page = <T>(rows: readonly T[], size: number, token: string | undefined) => {
  const start = Number(token ?? 0);
  const nextToken = start + size < rows.length ? String(start + size) : undefined;
  return { rows: rows.slice(start, start + size), nextToken };
};

/** The executions, each event and start a second after the one before. */
const keeping = (begin: string) => {
  const kept = new Map<string, Kept>();
  let now = new Date(begin).getTime();
  const tick = (): Date => new Date((now += 1000));
  const of = (arn: string): Kept => {
    const found = kept.get(arn);
    if (found === undefined) throw missing("execution", arn);
    return found;
  };
  const move = (arn: string, change: Partial<ExecutionDetail>): void => {
    const execution = of(arn);
    execution.detail = { ...execution.detail, ...change };
  };
  const tell: ScriptedWorkflows["tell"] = (arn, type, state, details = {}) => {
    const { events } = of(arn);
    events.push({ id: events.length + 1, previousId: events.length, type, at: tick(), state, details });
  };
  return { kept, tick, of, move, tell };
};

const noToken = async (): Promise<never> => {
  throw precondition("no task waits here");
};

/** Machines with these definitions, at this time. */
export const scriptedWorkflows = (definitions: Readonly<Record<string, unknown>>, begin: string): ScriptedWorkflows => {
  const { kept, tick, of, move, tell } = keeping(begin);
  return {
    tell,
    end: (arn, status, { output, error, cause } = {}) => move(arn, { status, output, error, cause, stoppedAt: tick() }),
    start: async ({ machine, name, input }) => {
      if (definitions[machine] === undefined) throw missing("state machine", machine);
      const definition = JSON.parse(JSON.stringify(definitions[machine])) as Json;
      const executionArn = `arn:aws:states:local:000000000000:execution:${machine}:${name}`;
      if (kept.has(executionArn)) throw exists(`there is an execution ${name}`);
      const startedAt = tick();
      const head = { executionArn, machine, name, status: "RUNNING", startedAt, redriveCount: 0 } as const;
      const open = { stoppedAt: undefined, output: undefined, error: undefined, cause: undefined };
      kept.set(executionArn, { detail: { ...head, ...open, input, definition }, events: [] });
      tell(executionArn, "ExecutionStarted", undefined, { input });
      return { executionArn, startedAt };
    },
    describe: async (arn) => of(arn).detail,
    history: async (arn, { size, token, newestFirst }) =>
      page(newestFirst === true ? of(arn).events.toReversed() : of(arn).events, size, token),
    list: async ({ machine, status, size, token }) => {
      if (definitions[machine] === undefined) throw missing("state machine", machine);
      const rows = [...kept.values()]
        .map(({ detail }) => detail)
        .filter((one) => one.machine === machine && (status === undefined || one.status === status));
      return page(rows.toReversed(), size, token);
    },
    stop: async (arn, { error, cause }) => {
      const stoppedAt = tick();
      tell(arn, "ExecutionAborted", undefined, { error, cause });
      move(arn, { status: "ABORTED", error, cause, stoppedAt });
      return { stoppedAt };
    },
    redrive: async (arn) => {
      tell(arn, "ExecutionRedriven");
      const open = { error: undefined, cause: undefined, stoppedAt: undefined };
      move(arn, { ...open, status: "RUNNING", redriveCount: of(arn).detail.redriveCount + 1 });
      return { redrivenAt: tick() };
    },
    children: async () => ({ rows: [], nextToken: undefined }),
    removeJournals: async () => ({ executions: 0 }),
    succeed: noToken,
    fail: noToken,
    heartbeat: noToken,
  };
};
