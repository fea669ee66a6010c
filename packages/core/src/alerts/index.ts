export * from "./settle-alerts.action.ts";
