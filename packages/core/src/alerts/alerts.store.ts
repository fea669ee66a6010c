import { and, desc, eq, inArray, lt } from "drizzle-orm";
import type { TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Alert, AlertId, AlertRaised, AlertState } from "./alert.ts";
import { alert } from "./alerts.sql.ts";

/** Alerts by what they are about. */
export const alertsByKey = async (tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, Alert>> => {
  if (keys.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(alert)
    .where(inArray(alert.key, [...keys]));
  return new Map(rows.map((row) => [row.key, row]));
};

/** Opens an alert, or opens it again with what is found now. */
export const saveAlert = async (tx: Tx, raised: AlertRaised & { alertId: AlertId; now: Date }): Promise<void> => {
  const { now, alertId, key, ...found } = raised;
  const change = { ...found, state: "open" as const, changedAt: now };
  await tx
    .insert(alert)
    .values({ ...change, alertId, key, raisedAt: now })
    .onConflictDoUpdate({ target: alert.key, set: change });
};

/** Closes open alerts: what they were about is well again. */
export const closeAlerts = async (tx: Tx, keys: readonly string[], now: Date): Promise<void> => {
  await tx
    .update(alert)
    .set({ state: "resolved", changedAt: now })
    .where(and(inArray(alert.key, [...keys]), eq(alert.state, "open")));
};

/** Alerts, newest first, before an alert id. */
export const selectAlerts = (
  tx: Tx,
  filter: {
    readonly tenantId?: TenantId | undefined;
    readonly state?: AlertState | undefined;
    readonly before?: string | undefined;
    readonly limit: number;
  },
): Promise<Alert[]> =>
  tx
    .select()
    .from(alert)
    .where(
      and(
        filter.tenantId === undefined ? undefined : eq(alert.tenantId, filter.tenantId),
        filter.state === undefined ? undefined : eq(alert.state, filter.state),
        filter.before === undefined ? undefined : lt(alert.alertId, filter.before as AlertId),
      ),
    )
    .orderBy(desc(alert.alertId))
    .limit(filter.limit);
