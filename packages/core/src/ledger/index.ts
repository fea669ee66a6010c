export * from "./accounts.ts";
export * from "./entry.ts";
export { type EntryEvent, findEntry, postEntry, readEntry } from "./ledger.store.ts";
export * from "./trial-balance.action.ts";
export { postingsOf } from "./postings.store.ts";
