export * from "./command-execution.action.ts";
export { executionHistory } from "./execution-history.action.ts";
export { getExecution } from "./get-execution.action.ts";
export { listChildren } from "./list-children.action.ts";
export { listExecutions, listMachines } from "./list-executions.action.ts";
