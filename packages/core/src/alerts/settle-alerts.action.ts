import { z } from "zod";
import { pageInput, pageOf, pageRequest, tenantIdInput, forbidden } from "../kernel/index.ts";
import { action, view } from "../record/index.ts";
import { ALERT_LEVELS, ALERT_STATES, isKnown, shownAlert } from "./alert.ts";
import { alertsByKey, closeAlerts, saveAlert, selectAlerts } from "./alerts.store.ts";

const raisedInput = z.object({
  key: z.string().min(1).max(300),
  level: z.enum(ALERT_LEVELS).default("warning"),
  tenant_id: tenantIdInput.nullable().default(null),
  message: z.string().min(1).max(4000),
  evidence: z.array(z.object({ type: z.string(), ref: z.string() })).default([]),
});

/**
 * Writes what a check found: alerts on what is wrong, and the end of those on what is well again. What is known already, and open with
 * the same words, changes nothing.
 */
export const settleAlerts = action(
  "alerts.settle",
  {
    needs: "alerts:write",
    input: z.object({
      source: z.string().min(1),
      raised: z.array(raisedInput).default([]),
      /** Keys of what is well. */
      well: z.array(z.string()).default([]),
    }),
  },
  async (door, { source, raised, well }) => {
    const known = await door.load((tx) => alertsByKey(tx, [...raised.map(({ key }) => key), ...well]));
    const found = raised.map(({ tenant_id: tenantId, ...item }) => ({ ...item, tenantId, source }));
    const news = found.filter((item) => !isKnown(known.get(item.key), item));
    const ended = well.filter((key) => known.get(key)?.state === "open");
    const counts = { raised: news.length, resolved: ended.length };
    if (news.length === 0 && ended.length === 0) return door.unchanged(counts);
    const [only] = news;
    const subject = {
      objectType: "alert",
      objectId: only?.key ?? ended[0] ?? source,
      tenantId: news.length === 1 ? (only?.tenantId ?? undefined) : undefined,
      metadata: {
        raised: news.map(({ key, message, tenantId }) => ({ key, message, tenant_id: tenantId })),
        resolved: ended,
      },
    };
    return door.save(subject, async (tx) => {
      for (const item of news) await saveAlert(tx, { ...item, alertId: `ALT-${door.clock.id()}`, now: door.now });
      if (ended.length > 0) await closeAlerts(tx, ended, door.now);
      return counts;
    });
  },
);

/** What somebody has to know, newest first. Operators only: it may tell of drafts that no tenant has seen. */
export const listAlerts = view(
  "alerts.list",
  {
    needs: "billing:read",
    input: z.object({ tenant_id: tenantIdInput.optional(), state: z.enum(ALERT_STATES).optional(), ...pageInput }),
  },
  async (door, input) => {
    if (door.actor.tenantId !== undefined)
      throw forbidden("alerts are the operator's own work: a tenant's token does not reach them.");
    const request = pageRequest(input.page_size, input.page_token);
    const filter = {
      tenantId: input.tenant_id,
      state: input.state,
      before: request.after,
      limit: request.size + 1,
    };
    const page = pageOf(await door.load((tx) => selectAlerts(tx, filter)), request, (row) => row.alertId);
    return { alerts: page.rows.map(shownAlert), next_page_token: page.nextToken ?? null };
  },
);
