import { fileURLToPath } from "node:url";

/** The folder of the forward-only migrations. */
export const MIGRATIONS = fileURLToPath(new URL("../../../migrations", import.meta.url));
