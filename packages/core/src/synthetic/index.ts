export { type CurRecipe, generateCur } from "./cur.ts";
export type { SyntheticTenant } from "./resources.ts";
export { generateUsage, type SyntheticSnapshot } from "./usage.ts";
