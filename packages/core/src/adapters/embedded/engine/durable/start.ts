import { randomBytes } from "node:crypto";
import { exists, invalid, type Json } from "../../../../kernel/index.ts";
import type { Tx } from "../../../../ports/index.ts";
import { sameJson } from "../json.ts";
import { isTooLarge } from "../limits.ts";
import { type Definitions, identityFor } from "./definitions.ts";
import { type ExecutionRow, findByName, insertExecution } from "./executions.ts";

const NAME = /^[A-Za-z0-9_.-]{1,80}$/;

export interface StartRequest {
  readonly machine: string;
  readonly name: string;
  readonly input: Json;
  /** The execution that waits for its end. */
  readonly awaitedBy?: number | undefined;
}

/** Throws what the port promises for a request that can start nothing. */
export const checkStart = (definitions: Definitions, { machine, name, input }: StartRequest): void => {
  definitions.of(machine);
  if (!NAME.test(name)) throw invalid("name", "has 1 to 80 letters, digits, -, _ or . and nothing else");
  if (isTooLarge(input)) throw invalid("input", "is larger than 256 KiB; pass large data by reference");
};

/** Starts an execution under its name, once. */
export const startExecution = async (
  tx: Tx,
  definitions: Definitions,
  request: StartRequest,
  startedAt: Date,
): Promise<ExecutionRow> => {
  checkStart(definitions, request);
  const { machine, name, input, awaitedBy = null } = request;
  const identity = identityFor(machine, name);
  const definition = JSON.stringify(definitions.of(machine));
  const { executionArn } = identity;
  const seed = randomBytes(32).toString("hex");
  const row = { executionArn, machine, name, definition, input: JSON.stringify(input), seed, startedAt, awaitedBy };
  const started = await insertExecution(tx, row, identity.roleArn);
  if (started !== undefined) return started;
  const before = await findByName(tx, machine, name);
  if (before?.status === "RUNNING" && sameJson(JSON.parse(before.input) as Json, input)) return before;
  throw exists(
    `the name ${name} was used for an execution of ${machine} with other input, or for one that has ended. Use a new name.`,
  );
};
