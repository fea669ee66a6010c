export { type CurRecipe, generateCur } from "./cur.ts";
export { CUR_COLUMNS } from "./cur-row.ts";
export { type Random, randomFrom } from "./random.ts";
export type { SyntheticTenant } from "./resources.ts";
export { generateUsage, type SyntheticSnapshot } from "./usage.ts";
