export { corridor } from "./corridor.action.ts";
export { type ExportStream, exportTable } from "./export-table.action.ts";
export { kpis } from "./kpis.action.ts";
export { exportEvidence, snapshotKpis, writeManifest } from "./period-evidence.action.ts";
export * from "./scheduled-reports.action.ts";
