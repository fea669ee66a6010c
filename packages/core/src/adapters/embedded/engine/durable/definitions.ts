import { invalid, type Json, missing } from "../../../../kernel/index.ts";
import { substitute } from "../../../../workflows/index.ts";
import { parseMachine } from "../definition.ts";
import { identityOf } from "../execute.ts";
import type { Identity } from "../run.ts";

const PLACE = { region: "local", account: "000000000000" } as const;
const LAMBDA = `arn:aws:lambda:${PLACE.region}:${PLACE.account}:function:`;
const MACHINE = `arn:aws:states:${PLACE.region}:${PLACE.account}:stateMachine:`;

const without = (prefix: string, arn: string): string => (arn.startsWith(prefix) ? arn.slice(prefix.length) : arn);

/** The task or the machine that an ARN of this machine names; a bare name is one as well. */
export const taskNamed = (arn: string): string => without(LAMBDA, arn);
export const machineNamed = (arn: string): string => without(MACHINE, arn);

export const identityFor = (machineName: string, executionName: string): Identity =>
  identityOf({
    ...PLACE,
    machineName,
    executionName,
    roleArn: `arn:aws:iam::${PLACE.account}:role/${machineName}`,
    type: "STANDARD",
  });

/** Definitions by machine, as they run here. */
export interface Definitions {
  /** Throws a missing Problem for a machine that is not there. */
  of(machine: string): Json;
}

/** Reads all definitions. Throws an invalid Problem that names the machine and the place in its definition. */
export const readDefinitions = (machines: Readonly<Record<string, unknown>>): Definitions => {
  const known = new Map<string, Json>();
  for (const [name, given] of Object.entries(machines)) {
    try {
      const definition = substitute(JSON.parse(JSON.stringify(given)) as Json, {
        task: (task) => `${LAMBDA}${task}`,
        machine: (other) => (Object.hasOwn(machines, other) ? `${MACHINE}${other}` : undefined),
        bucket: (bucket) => bucket,
      });
      parseMachine(definition);
      known.set(name, definition);
    } catch (error) {
      throw invalid(`state machine ${name}`, error instanceof Error ? error.message : String(error));
    }
  }
  return {
    of: (machine) => {
      const found = known.get(machine);
      if (found === undefined) throw missing("state machine", machine);
      return found;
    },
  };
};
