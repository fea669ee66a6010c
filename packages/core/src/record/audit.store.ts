import { randomUUID } from "node:crypto";
import { and, asc, count, desc, eq, gt, isNull, lte, sql } from "drizzle-orm";
import type { Json, TenantId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { Actor } from "./actor.ts";
import { type AuditEventRow, chainHash, eventDigest, GENESIS } from "./chain.ts";
import { auditEvent, auditSeal } from "./record.sql.ts";

export interface AuditSubject {
  /** What the event is about: "invoice", "payment", "cur_delivery". */
  readonly objectType: string;
  readonly objectId: string;
  readonly tenantId?: TenantId | undefined;
  readonly metadata?: Json | undefined;
}

interface AuditEntry extends AuditSubject {
  readonly action: string;
  readonly actor: Actor;
  readonly traceId: string;
  readonly occurredAt: Date;
}

/** Writes an event, unchained; the sealer chains it. */
export const appendAudit = async (tx: Tx, entry: AuditEntry): Promise<void> => {
  await tx.insert(auditEvent).values({
    eventId: randomUUID(),
    occurredAt: entry.occurredAt,
    actorType: entry.actor.type,
    actorId: entry.actor.id,
    tenantId: entry.tenantId ?? entry.actor.tenantId ?? null,
    action: entry.action,
    objectType: entry.objectType,
    objectId: entry.objectId,
    traceId: entry.traceId,
    metadata: entry.metadata ?? {},
  });
};

const lastSeal = async (tx: Tx) => (await tx.select().from(auditSeal).orderBy(desc(auditSeal.position)).limit(1))[0];

const unsealed = (tx: Tx, limit: number) =>
  tx
    .select({ event: auditEvent })
    .from(auditEvent)
    .leftJoin(auditSeal, eq(auditSeal.eventId, auditEvent.eventId))
    .where(isNull(auditSeal.eventId))
    .orderBy(asc(auditEvent.sequence))
    .limit(limit);

/** Chains up to `limit` events that have no seal yet, in their order; one sealer at a time. Answers how many, and the head of the chain. */
export const sealEvents = async (tx: Tx, now: Date, limit = 1000): Promise<{ sealed: number; head: AuditHead }> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('audit_seal', 0))`);
  const last = await lastSeal(tx);
  let head: AuditHead = { position: last?.position ?? 0n, hash: last?.hash ?? GENESIS };
  const rows = await unsealed(tx, limit);
  const seals = rows.map(({ event }) => {
    const digest = eventDigest(event);
    const next = { position: head.position + 1n, hash: chainHash(head.hash, digest) };
    const seal = { ...next, eventId: event.eventId, eventDigest: digest, previousHash: head.hash, sealedAt: now };
    head = next;
    return seal;
  });
  if (seals.length > 0) await tx.insert(auditSeal).values(seals);
  return { sealed: seals.length, head };
};

export interface AuditHead {
  readonly position: bigint;
  readonly hash: string;
}

/** Seals after a position with their events, in order. */
export const readChain = (tx: Tx, after: bigint, limit: number) =>
  tx
    .select({ seal: auditSeal, event: auditEvent })
    .from(auditSeal)
    .leftJoin(auditEvent, eq(auditSeal.eventId, auditEvent.eventId))
    .where(gt(auditSeal.position, after))
    .orderBy(asc(auditSeal.position))
    .limit(limit);

export const countUnsealed = async (tx: Tx): Promise<number> => {
  const [row] = await tx
    .select({ value: count() })
    .from(auditEvent)
    .leftJoin(auditSeal, eq(auditSeal.eventId, auditEvent.eventId))
    .where(isNull(auditSeal.eventId));
  return row?.value ?? 0;
};

/** Events, newest first, before a sequence number. */
export const listAudit = async (
  tx: Tx,
  filter: {
    readonly objectType?: string | undefined;
    readonly objectId?: string | undefined;
    readonly before?: bigint | undefined;
    readonly limit: number;
  },
): Promise<AuditEventRow[]> =>
  tx
    .select()
    .from(auditEvent)
    .where(
      and(
        filter.objectType === undefined ? undefined : eq(auditEvent.objectType, filter.objectType),
        filter.objectId === undefined ? undefined : eq(auditEvent.objectId, filter.objectId),
        filter.before === undefined ? undefined : lte(auditEvent.sequence, filter.before - 1n),
      ),
    )
    .orderBy(desc(auditEvent.sequence))
    .limit(filter.limit);
