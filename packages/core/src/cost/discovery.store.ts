import { and, asc, desc, eq, inArray } from "drizzle-orm";
import type { DeliveryId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { curDiscovery } from "./cost.sql.ts";
import type { Discovery, DiscoveryState } from "./discovery.ts";

/** A delivery of a cost source as it is remembered. */
export type StoredDiscovery = typeof curDiscovery.$inferSelect;

/** The deliveries that a source was seen to hold. */
export const readDiscoveries = (tx: Tx, source: string): Promise<StoredDiscovery[]> =>
  tx.select().from(curDiscovery).where(eq(curDiscovery.source, source)).orderBy(asc(curDiscovery.arrivalOrder));

/** The last deliveries of every source, the newest first. */
export const listDiscoveries = (tx: Tx, limit: number): Promise<StoredDiscovery[]> =>
  tx
    .select()
    .from(curDiscovery)
    .orderBy(asc(curDiscovery.source), desc(curDiscovery.arrivalOrder), asc(curDiscovery.deliveryKey))
    .limit(limit);

/** What of a group is ready to be imported, in the order in which it arrived. */
export const readReady = (
  tx: Tx,
  of: { readonly source: string; readonly group: string },
): Promise<StoredDiscovery[]> =>
  tx
    .select()
    .from(curDiscovery)
    .where(
      and(eq(curDiscovery.source, of.source), eq(curDiscovery.groupKey, of.group), eq(curDiscovery.state, "ready")),
    )
    .orderBy(asc(curDiscovery.arrivalOrder));

/** What of a group was settled last, imported or found unreadable; undefined before that. */
export const readLastSettled = async (
  tx: Tx,
  of: { readonly source: string; readonly group: string },
): Promise<StoredDiscovery | undefined> =>
  (
    await tx
      .select()
      .from(curDiscovery)
      .where(
        and(
          eq(curDiscovery.source, of.source),
          eq(curDiscovery.groupKey, of.group),
          inArray(curDiscovery.state, ["imported", "failed"]),
        ),
      )
      .orderBy(desc(curDiscovery.checkedAt), desc(curDiscovery.arrivalOrder))
      .limit(1)
  )[0];

/** Remembers what was found. What is being imported meanwhile keeps its result only when its bytes are the same. */
export const storeDiscovery = async (
  tx: Tx,
  source: string,
  found: Discovery,
  of: { readonly state: DiscoveryState; readonly now: Date },
): Promise<void> => {
  const { waitsFor, ...row } = found;
  const seen = { ...row, state: of.state, reason: waitsFor ?? null, checkedAt: of.now };
  await tx
    .insert(curDiscovery)
    .values({ source, ...seen, deliveryIds: [], foundAt: of.now, importedAt: null })
    .onConflictDoUpdate({ target: [curDiscovery.source, curDiscovery.deliveryKey], set: seen });
};

/** Forgets deliveries that were waited for and are there no more: their files are gone, or belong to a manifest by now. */
export const forgetWaiting = async (tx: Tx, source: string, keys: readonly string[]): Promise<void> => {
  if (keys.length === 0) return;
  await tx
    .delete(curDiscovery)
    .where(
      and(
        eq(curDiscovery.source, source),
        eq(curDiscovery.state, "waiting"),
        inArray(curDiscovery.deliveryKey, [...keys]),
      ),
    );
};

/** Adds manifests to a delivery that is settled: the same one was written to another place. */
export const rememberManifests = async (tx: Tx, source: string, found: Discovery): Promise<void> => {
  await tx
    .update(curDiscovery)
    .set({ manifests: found.manifests })
    .where(and(eq(curDiscovery.source, source), eq(curDiscovery.deliveryKey, found.deliveryKey)));
};

/** What became of a delivery, unless its bytes changed meanwhile. */
export const settleDiscovery = async (
  tx: Tx,
  discovery: Pick<StoredDiscovery, "source" | "deliveryKey" | "fingerprint">,
  end: {
    readonly state: DiscoveryState;
    readonly reason: string | null;
    readonly deliveryIds: readonly DeliveryId[];
    readonly now: Date;
  },
): Promise<void> => {
  await tx
    .update(curDiscovery)
    .set({
      state: end.state,
      reason: end.reason,
      deliveryIds: end.deliveryIds,
      checkedAt: end.now,
      ...(end.state === "imported" ? { importedAt: end.now } : {}),
    })
    .where(
      and(
        eq(curDiscovery.source, discovery.source),
        eq(curDiscovery.deliveryKey, discovery.deliveryKey),
        eq(curDiscovery.fingerprint, discovery.fingerprint),
        inArray(curDiscovery.state, ["ready", "waiting"]),
      ),
    );
};
