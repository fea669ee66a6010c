export { corridor } from "./corridor.action.ts";
export { type ExportStream, exportTable } from "./export-table.action.ts";
export { kpis } from "./kpis.action.ts";
