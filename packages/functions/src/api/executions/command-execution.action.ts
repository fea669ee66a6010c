import { type Json, precondition } from "@commops/core/kernel";
import type { ExecutionDetail } from "@commops/core/ports";
import { action, type ActionDoor } from "@commops/core/record";
import { z } from "zod";
import { executionArnOf } from "./execution-id.ts";
import { machineInput } from "./list-executions.action.ts";
import { mapLabelOf, shownExecution } from "./shown-execution.ts";

const NEEDS = "workflows:write";
/** What names of executions are made of. */
const NAME = /^[A-Za-z0-9._-]{1,80}$/;
const LONGEST_NAME = 80;

const reason = z.string().trim().min(1).max(1000);
const oneExecution = z.object({ execution_id: z.string() });
/** Why: it stays in the audit trail. */
const withReason = oneExecution.extend({ reason: reason.optional() });

/**
 * Writes down what was done to an execution, and shows how it stands. The engine is asked first: it does nothing twice, so a call that is
 * repeated after a crash in between only adds the event that is missing.
 */
const recorded = async (door: ActionDoor, executionArn: string, metadata: Json) => {
  const found = await door.workflows.describe(executionArn);
  return door.save({ objectType: "execution", objectId: executionArn, metadata }, async () => shownExecution(found));
};

/** The execution to act on. Throws a precondition Problem for an item of a Map: that is ended and gone on with by its execution. */
const toActOn = async (door: ActionDoor, executionId: string): Promise<ExecutionDetail> => {
  const arn = executionArnOf(executionId);
  const label = mapLabelOf(arn);
  if (label !== null)
    throw precondition(`${arn} is one item of the Map ${label}: stop or redrive the execution that it belongs to.`);
  return door.workflows.describe(arn);
};

const ended = (execution: ExecutionDetail, what: string): void => {
  if (execution.status === "RUNNING")
    throw precondition(`the execution ${execution.name} is running: ${what} once it has ended, or stop it first.`);
};

/** Starts a machine by hand. */
export const startExecution = action(
  "workflows.start",
  {
    needs: NEEDS,
    input: z.object({
      machine: machineInput,
      input: z.record(z.string(), z.unknown()).default({}),
      name: z.string().regex(NAME, "is 1 to 80 letters, digits, dots, dashes and underscores").optional(),
    }),
  },
  async (door, input) => {
    const name = input.name ?? `by-hand-${door.clock.id()}`;
    const { executionArn } = await door.workflows.start({
      machine: input.machine,
      name,
      input: input.input as Json,
    });
    return recorded(door, executionArn, { machine: input.machine, name });
  },
);

/** Starts an execution that has ended again from its beginning, with the same input, as a new one. */
export const retryExecution = action(
  "workflows.retry-execution",
  { needs: NEEDS, input: withReason },
  async (door, input) => {
    const before = await toActOn(door, input.execution_id);
    ended(before, "start it again");
    const suffix = `.again-${door.clock.id()}`;
    const base = before.name.replace(/\.again-[^.]*$/, "").slice(0, LONGEST_NAME - suffix.length);
    const { executionArn } = await door.workflows.start({
      machine: before.machine,
      name: base + suffix,
      input: before.input,
    });
    return recorded(door, executionArn, {
      machine: before.machine,
      again: before.executionArn,
      reason: input.reason,
    });
  },
);

/** Goes on with a failed, timed out or aborted execution from the state that failed. */
export const redriveExecution = action(
  "workflows.redrive",
  { needs: NEEDS, input: withReason },
  async (door, input) => {
    const before = await toActOn(door, input.execution_id);
    ended(before, "redrive it");
    if (before.status === "SUCCEEDED")
      throw precondition(`the execution ${before.name} has succeeded: there is nothing to go on with. Start it again.`);
    await door.workflows.redrive(before.executionArn);
    return recorded(door, before.executionArn, {
      machine: before.machine,
      was: before.status,
      reason: input.reason,
    });
  },
);

/** Stops a running execution; the reason stays with it. */
export const abortExecution = action(
  "workflows.abort",
  { needs: NEEDS, input: oneExecution.extend({ reason }) },
  async (door, input) => {
    const before = await toActOn(door, input.execution_id);
    if (before.status !== "RUNNING")
      throw precondition(`the execution ${before.name} has ended as ${before.status}: there is nothing to stop.`);
    const cause = `${input.reason} (${door.actor.id})`;
    await door.workflows.stop(before.executionArn, { error: "Stopped", cause });
    return recorded(door, before.executionArn, { machine: before.machine, reason: input.reason });
  },
);
