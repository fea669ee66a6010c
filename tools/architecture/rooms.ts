/** What stands before the corridor: each part may import the parts before it in its own row, and nothing else of ours. */
export const foundation: Readonly<Record<string, readonly string[]>> = {
  money: [],
  time: [],
  kernel: ["money", "time"],
  ports: ["money", "time", "kernel"],
  record: ["money", "time", "kernel", "ports"],
};

/** The corridor, in the order of the data: a room imports only rooms before it. */
export const corridor: readonly string[] = [
  "catalog",
  "tenants",
  "periods",
  "usage",
  "cost",
  "allocation",
  "rating",
  "ledger",
  "approvals",
  "invoicing",
  "subscriptions",
  "payments",
  "books",
  "marketplace",
  "reconciliation",
  "insight",
  "alerts",
  "synthetic",
  "promotion",
  "reports",
];

/** What stands after the corridor; no room imports it. */
export const after: Readonly<Record<string, readonly string[]>> = {
  workflows: ["money", "time", "kernel"],
  adapters: ["money", "time", "kernel", "ports", "workflows", "schema"],
  // schema gathers every `.sql.ts`; the rule `schema-gathers-tables` says how.
  schema: ["money", "time", "kernel", "ports", "record", ...corridor, "workflows"],
};

/** Every folder that may stand in packages/core/src. */
export const folders: readonly string[] = [...Object.keys(foundation), ...corridor, ...Object.keys(after)];

/** The parts of ours that a folder of packages/core/src may import, itself apart. */
export const allowedFor = (folder: string): readonly string[] => {
  const fixed = foundation[folder] ?? after[folder];
  if (fixed !== undefined) return fixed;
  return [...Object.keys(foundation), ...corridor.slice(0, corridor.indexOf(folder))];
};

/** Folders whose files without a suffix must be pure: plain functions over plain data. */
export const pureFolders: readonly string[] = ["money", "time", "kernel", ...corridor, "workflows"];

const EFFECT = /\.(sql|store|action|test|browser\.test)\.tsx?$/;

/** Whether a file (path from the root) must be pure: no suffix, in a pure folder, and not the door. */
export const mustBePure = (path: string): boolean => {
  const place = /^packages\/core\/src\/([^/]+)\/(.+)$/.exec(path);
  if (place === null) return false;
  const [, folder = "", file = ""] = place;
  return pureFolders.includes(folder) && file !== "index.ts" && !EFFECT.test(file);
};
