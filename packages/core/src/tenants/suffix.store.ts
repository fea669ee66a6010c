import { tenantSuffix } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { isSuffixTaken } from "./tenants.store.ts";

/** The tenant's part of its invoice ids, made unique: two ids that differ only in signs get different suffixes. */
export const freeSuffix = async (tx: Tx, tenantId: string): Promise<string> => {
  const base = tenantSuffix(tenantId).toUpperCase() || "T";
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? base : `${base}X${number}`;
    if (!(await isSuffixTaken(tx, candidate))) return candidate;
  }
};
