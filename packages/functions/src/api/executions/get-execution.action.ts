import type { Json } from "@commops/core/kernel";
import type { ExecutionEvent } from "@commops/core/ports";
import { view } from "@commops/core/record";
import { z } from "zod";
import { executionArnOf } from "./execution-id.ts";
import { progressReader } from "./progress.ts";
import { eventsOf } from "./read-events.ts";
import { redactorFor } from "./redact.ts";
import { READERS, shownExecution } from "./shown-execution.ts";

interface Fault {
  readonly error: Json;
  readonly cause: Json;
}

const NO_FAULT: Fault = { error: null, cause: null };

const faultOf = ({ type, details }: ExecutionEvent): Fault | undefined =>
  /(Failed|TimedOut)$/.test(type) && (details["error"] ?? details["cause"] ?? null) !== null
    ? { error: details["error"] ?? null, cause: details["cause"] ?? null }
    : undefined;

/** When a state was entered first and left last, and the last error in it. */
interface Seen {
  enteredAt: Date | undefined;
  leftAt: Date | undefined;
  fault: Fault | undefined;
}

/** An execution with its definition and how every state stands; without the tokens and secrets that went through it. */
export const getExecution = view(
  "workflows.execution",
  { needs: READERS, input: z.object({ execution_id: z.string() }) },
  async (door, input) => {
    const found = await door.workflows.describe(executionArnOf(input.execution_id));
    const reader = progressReader(found.definition);
    const redactor = redactorFor(found.definition);
    const seen = new Map<string, Seen>();
    let events = 0;
    for await (const event of eventsOf(door.workflows, found.executionArn)) {
      events += 1;
      const state = reader.read(event);
      const details = redactor.clean(event.details);
      if (state === undefined) continue;
      const one = seen.get(state) ?? { enteredAt: undefined, leftAt: undefined, fault: undefined };
      seen.set(state, one);
      if (event.type.endsWith("StateEntered")) one.enteredAt ??= event.at;
      if (event.type.endsWith("StateExited")) one.leftAt = event.at;
      one.fault = faultOf({ ...event, details: details as ExecutionEvent["details"] }) ?? one.fault;
    }
    const { states, path } = reader.progress();
    return {
      ...shownExecution(found),
      input: redactor.clean(found.input),
      output: found.output === undefined ? null : redactor.clean(found.output),
      error: found.error ?? null,
      cause: found.cause === undefined ? null : redactor.clean(found.cause),
      definition: found.definition,
      events,
      states: states.map((state) => {
        const one = seen.get(state.name);
        return {
          ...state,
          entered_at: one?.enteredAt?.toISOString() ?? null,
          left_at: one?.leftAt?.toISOString() ?? null,
          ...(one?.fault ?? NO_FAULT),
        };
      }),
      path,
    };
  },
);
