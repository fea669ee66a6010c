export * from "./clock.ts";
export * from "./database.ts";
export * from "./documents.ts";
export * from "./files.ts";
export * from "./lake.ts";
export * from "./mailer.ts";
export * from "./workflows.ts";
export * from "./vault.ts";
