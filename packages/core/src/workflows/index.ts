export { ALREADY_STARTED, errorNameOf } from "./errors.ts";
export { BESIDE_BUNDLES } from "./beside.ts";
export { definitionFaults, type Fault } from "./faults.ts";
export type { Definition } from "./language.ts";
export { MACHINES, type MachineName, type MachineTraits } from "./machines.ts";
export { COST_INBOX, COST_LAKE, lakeFolder, type LakeTable } from "./places.ts";
export { type Resolve, substitute } from "./substitute.ts";
export * from "./task.ts";
export { type TaskName, TASKS } from "./tasks.ts";
