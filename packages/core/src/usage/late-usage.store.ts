import { and, asc, count, eq, gte, lte, sql } from "drizzle-orm";
import type { TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Period } from "../time/index.ts";
import { usageSnapshotDaily } from "./usage.sql.ts";

const table = usageSnapshotDaily;

/**
 * Days of a period, by tenant and metric, that say something else than they did at an instant of each tenant's own: recorded since, or
 * corrected to another value.
 */
export const usageSince = (
  tx: Tx,
  period: Period,
  since: readonly { readonly tenantId: TenantId; readonly at: Date }[],
) => {
  const places = JSON.stringify(since.map(({ tenantId, at }) => ({ t: tenantId, a: at.toISOString() })));
  const place = sql`json_to_recordset(${places}::json) as place(t text, a timestamptz)`;
  const before = sql`(select earlier.metric_value from ${table} as earlier where earlier.tenant_id = ${table.tenantId}
    and earlier.metric_code = ${table.metricCode} and earlier.usage_date = ${table.usageDate} and earlier.last_updated_at <= place.a
    order by earlier.version desc limit 1)`;
  return tx
    .select({ tenantId: table.tenantId, metricCode: table.metricCode, days: count() })
    .from(table)
    .innerJoin(place, sql`${table.tenantId} = place.t and ${table.lastUpdatedAt} > place.a`)
    .where(
      and(
        eq(table.isCurrent, true),
        gte(table.usageDate, period.start),
        lte(table.usageDate, period.end),
        sql`${table.metricValue} is distinct from ${before}`,
      ),
    )
    .groupBy(table.tenantId, table.metricCode)
    .orderBy(asc(table.tenantId), asc(table.metricCode));
};
