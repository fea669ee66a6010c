/** Holds every state machine to two validators of the States Language, to the compiler of its expressions and to the rules of the house. */
import { definitionFaults, MACHINES, substitute } from "@commops/core/workflows";
import { faultsOf } from "./workflows/validators.ts";

const names = Object.keys(MACHINES);
const arn = (service: string) => (name: string) => `arn:aws:${service}:eu-central-1:123456789012:${name}`;
const resolve = { task: arn("lambda"), machine: arn("states"), bucket: (name: string) => name };

const faults: string[] = [];
for (const [name, { definition, type }] of Object.entries(MACHINES)) {
  const plain = JSON.parse(JSON.stringify(definition)) as typeof definition;
  const found = [
    ...definitionFaults(plain as never, type).map(({ path, reason }) => `${path}: ${reason}`),
    ...(await faultsOf(substitute(plain as never, resolve))),
  ];
  faults.push(...found.map((fault) => `${name}: ${fault}`));
}
if (names.length === 0) faults.push("no state machine was read");
for (const fault of faults) console.error(fault);
if (faults.length === 0) console.log(`${names.length} state machines are sound`);
process.exitCode = faults.length === 0 ? 0 : 1;
