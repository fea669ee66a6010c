import { digestOf, type Json, sha256 } from "../kernel/index.ts";

/** An audit event as it is stored. */
export interface AuditEventRow {
  readonly eventId: string;
  readonly sequence: bigint;
  readonly occurredAt: Date;
  readonly actorType: string;
  readonly actorId: string;
  readonly tenantId: string | null;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  readonly traceId: string;
  readonly metadata: Json;
}

/** What the first event is chained to. */
export const GENESIS = sha256("commercial-ops audit chain");

/** The digest of everything an event says. */
export const eventDigest = (event: AuditEventRow): string =>
  digestOf({ ...event, sequence: event.sequence.toString(), occurredAt: event.occurredAt.toISOString() });

/** hash(n) = SHA-256(hash(n-1) + digest(event n)): changing or removing one event breaks every later hash. */
export const chainHash = (previousHash: string, digest: string): string => sha256(`${previousHash}\n${digest}`);

export interface Link {
  readonly position: bigint;
  readonly eventId: string;
  readonly eventDigest: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** Why a link does not hold after `head`, or undefined when it does. A missing event is told apart from a changed one. */
export const brokenLink = (
  head: { readonly position: bigint; readonly hash: string },
  link: Link,
  event: AuditEventRow | null,
): string | undefined => {
  if (link.position !== head.position + 1n) return `position ${head.position + 1n} is missing`;
  if (!event) return `event ${link.eventId} is missing`;
  if (eventDigest(event) !== link.eventDigest) return `event ${link.eventId} was changed`;
  if (link.previousHash !== head.hash || chainHash(head.hash, link.eventDigest) !== link.hash)
    return `the hash at position ${link.position} does not follow from the one before`;
  return undefined;
};
