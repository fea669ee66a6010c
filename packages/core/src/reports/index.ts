export { type ExportStream, exportTable } from "./export-table.action.ts";
