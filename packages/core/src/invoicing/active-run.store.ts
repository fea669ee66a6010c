import { activeRuns, type AllocationRunRow } from "../allocation/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Period } from "../time/index.ts";

/** Which basis a tenant's cost is in (spec: Cost, basis). */
const TENANT_BASIS = "amortized";

/** The allocation that invoices of a period take their cost from; undefined before the first one. */
export const activeRun = async (tx: Tx, period: Period): Promise<AllocationRunRow | undefined> => {
  const runs = await activeRuns(tx, { period, basis: TENANT_BASIS });
  return runs.find((run) => run.currency === "USD") ?? runs[0];
};
