import { z } from "zod";
import { numberAfter, pageOf, pageRequest } from "../kernel/index.ts";
import { view, type World } from "./action.ts";
import { countUnsealed, listAudit, readChain, sealEvents } from "./audit.store.ts";
import { brokenLink, GENESIS } from "./chain.ts";

const BATCH = 1000;
const ANCHOR = "evidence/audit-head.json";

/** Whether the chain still goes through the head that is kept outside the database. */
const holdsAnchor = async ({ database, files }: Pick<World, "database" | "files">): Promise<boolean> => {
  const anchor = await readAnchor(files);
  if (!anchor) return true;
  const [seal] = await database.transaction("operator", (tx) => readChain(tx, BigInt(anchor.position) - 1n, 1));
  return seal?.seal.position.toString() === anchor.position && seal.seal.hash === anchor.hash;
};

/**
 * Chains the events that no seal holds yet, and keeps the head outside the database, so that cutting off the tail shows too. A head that
 * the chain does not go through stays as it is: it says where something was cut off, and events that come later must not cover that.
 * It is no use case of its own: an event about sealing would need a seal again.
 */
export const sealAudit = async (world: Pick<World, "database" | "files" | "clock">): Promise<{ sealed: number }> => {
  const { sealed, head } = await world.database.transaction("operator", (tx) =>
    sealEvents(tx, world.clock.now(), BATCH),
  );
  if (sealed > 0 && (await holdsAnchor(world)))
    await world.files.replace(
      ANCHOR,
      new TextEncoder().encode(JSON.stringify({ position: head.position.toString(), hash: head.hash })),
    );
  return { sealed };
};

export interface AuditVerdict {
  readonly ok: boolean;
  /** Sealed events that were checked. */
  readonly checked: number;
  /** Events that are not chained yet. */
  readonly unsealed: number;
  readonly first_bad: { readonly position: string; readonly reason: string } | null;
}

/** Walks the whole chain and says where it breaks first. */
export const verifyAudit = view(
  "audit.verify",
  { needs: "audit:read", input: z.object({}) },
  async (door): Promise<AuditVerdict> => {
    let head = { position: 0n, hash: GENESIS };
    let checked = 0;
    const hashes = new Map<string, string>();
    const anchor = await readAnchor(door.files);
    const unsealed = await door.load((tx) => countUnsealed(tx));
    const bad = (position: bigint, reason: string): AuditVerdict => ({
      ok: false,
      checked,
      unsealed,
      first_bad: { position: position.toString(), reason },
    });
    for (;;) {
      const after = head.position;
      const rows = await door.load((tx) => readChain(tx, after, BATCH));
      for (const { seal, event } of rows) {
        const reason = brokenLink(head, seal, event);
        if (reason) return bad(head.position + 1n, reason);
        head = { position: seal.position, hash: seal.hash };
        if (anchor?.position === seal.position.toString()) hashes.set(anchor.position, seal.hash);
        checked += 1;
      }
      if (rows.length < BATCH) break;
    }
    if (anchor && hashes.get(anchor.position) !== anchor.hash)
      return bad(
        BigInt(anchor.position),
        "the chain does not reach the head that was kept outside the database: its end was cut off or rewritten",
      );
    return { ok: true, checked, unsealed, first_bad: null };
  },
);

const readAnchor = async (files: { has(key: string): Promise<boolean>; get(key: string): Promise<Uint8Array> }) => {
  if (!(await files.has(ANCHOR))) return undefined;
  const text = new TextDecoder().decode(await files.get(ANCHOR));
  return z.object({ position: z.string(), hash: z.string() }).parse(JSON.parse(text));
};

const auditQuery = z.object({
  object_type: z.string().optional(),
  object_id: z.string().optional(),
  page_size: z.coerce.number().int().min(1).max(200).optional(),
  page_token: z.string().optional(),
});

/** Audit events, newest first. */
export const listAuditEvents = view("audit.list", { needs: "audit:read", input: auditQuery }, async (door, input) => {
  const request = pageRequest(input.page_size, input.page_token);
  const rows = await door.load((tx) =>
    listAudit(tx, {
      objectType: input.object_type,
      objectId: input.object_id,
      before: numberAfter(request),
      limit: request.size + 1,
    }),
  );
  const page = pageOf(rows, request, (row) => row.sequence.toString());
  return {
    events: page.rows.map((row) => ({
      event_id: row.eventId,
      occurred_at: row.occurredAt.toISOString(),
      actor_type: row.actorType,
      actor_id: row.actorId,
      tenant_id: row.tenantId,
      action: row.action,
      object_type: row.objectType,
      object_id: row.objectId,
      trace_id: row.traceId,
      metadata: row.metadata,
    })),
    next_page_token: page.nextToken ?? null,
  };
});
