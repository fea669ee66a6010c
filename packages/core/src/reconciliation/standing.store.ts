import type { Tx } from "../ports/index.ts";
import type { Day, Month } from "../time/index.ts";
import type { Figures } from "./figures.ts";
import { readFigures } from "./figures.store.ts";
import { RECONCILIATION_POLICY } from "./policy.ts";
import { type Reconciliation, reconcile } from "./reconcile.ts";
import { latestReconciliation, type StoredReconciliation } from "./reconciliation.store.ts";

/** Where a period stands now, and what its newest reconciliation said. */
export interface Standing {
  /** Undefined while the period is not allocated. */
  readonly figures: Figures | undefined;
  readonly found: Reconciliation | undefined;
  readonly latest: StoredReconciliation | undefined;
}

/** Reads the figures of a period as they are now and reconciles them, without writing anything. */
export const readStanding = async (tx: Tx, of: { readonly month: Month; readonly today: Day }): Promise<Standing> => {
  const policy = RECONCILIATION_POLICY;
  const figures = await readFigures(tx, { ...of, policy });
  const latest = await latestReconciliation(tx, of.month);
  return { figures, found: figures && reconcile(figures, policy), latest };
};
