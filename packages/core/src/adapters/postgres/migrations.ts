import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where Lambda puts a function's code and what lies beside it; a bundle does not know its place in the repository. */
const bundled = process.env["LAMBDA_TASK_ROOT"];

/** The folder of the forward-only migrations. */
export const MIGRATIONS =
  bundled === undefined
    ? fileURLToPath(new URL("../../../migrations", import.meta.url))
    : join(bundled, "packages/core/migrations");
