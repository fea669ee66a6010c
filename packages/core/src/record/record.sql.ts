import {
  bigint,
  bigserial,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instantColumn, type Json, tenantColumn } from "../kernel/index.ts";

/** What happened, by whom, to what. Committed with the change it describes; chained afterwards by the sealer. Append-only. */
export const auditEvent = pgTable(
  "audit_event",
  {
    eventId: uuid("event_id").primaryKey(),
    sequence: bigserial("sequence", { mode: "bigint" }).notNull(),
    occurredAt: instantColumn("occurred_at").notNull(),
    actorType: text("actor_type").notNull(),
    actorId: text("actor_id").notNull(),
    tenantId: tenantColumn(),
    action: text("action").notNull(),
    objectType: text("object_type").notNull(),
    objectId: text("object_id").notNull(),
    traceId: text("trace_id").notNull(),
    metadata: jsonb("metadata").$type<Json>().notNull(),
  },
  (table) => [
    uniqueIndex("audit_event_sequence").on(table.sequence),
    index("audit_event_object").on(table.objectType, table.objectId),
  ],
);

/** The hash chain over audit events, in the order in which they were sealed. Append-only. */
export const auditSeal = pgTable("audit_seal", {
  position: bigint("position", { mode: "bigint" }).primaryKey(),
  eventId: uuid("event_id")
    .notNull()
    .unique()
    .references(() => auditEvent.eventId),
  eventDigest: text("event_digest").notNull(),
  previousHash: text("previous_hash").notNull(),
  hash: text("hash").notNull(),
  sealedAt: instantColumn("sealed_at").notNull(),
});

/** Effects to do after commit: mail, gateways, books, webhooks. */
export const outbox = pgTable(
  "outbox",
  {
    outboxId: text("outbox_id").primaryKey(),
    topic: text("topic").notNull(),
    /** The business key of the effect; also the idempotency key towards the outside. */
    effectKey: text("effect_key").notNull(),
    payload: jsonb("payload").$type<Json>().notNull(),
    createdAt: instantColumn("created_at").notNull(),
    nextAttemptAt: instantColumn("next_attempt_at").notNull(),
    lockedUntil: instantColumn("locked_until"),
    attempts: integer("attempts").notNull().default(0),
    doneAt: instantColumn("done_at"),
    failedAt: instantColumn("failed_at"),
    lastError: text("last_error"),
  },
  (table) => [
    uniqueIndex("outbox_effect").on(table.topic, table.effectKey),
    index("outbox_due").on(table.doneAt, table.nextAttemptAt),
  ],
);

/** The first answer to a request that named an idempotency key, kept for 24 hours. */
export const idempotencyKey = pgTable(
  "idempotency_key",
  {
    actorId: text("actor_id").notNull(),
    key: text("key").notNull(),
    action: text("action").notNull(),
    inputDigest: text("input_digest").notNull(),
    result: jsonb("result").$type<Json>().notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.key] })],
);

/** The text of a query that finds lines again, once for all amounts that it is the evidence of; their parameters stand with them. Append-only. */
export const evidenceQuery = pgTable("evidence_query", {
  queryId: text("query_id").primaryKey(),
  /** The table of the raw layer that it reads. */
  reads: text("reads").notNull(),
  text: text("text").notNull(),
  createdAt: instantColumn("created_at").notNull(),
});

/** What a transformation read and wrote, by name and digest: the edges of the lineage graph. Append-only. */
export const lineageDataset = pgTable(
  "lineage_dataset",
  {
    runId: text("run_id")
      .notNull()
      .references(() => lineageRun.runId),
    role: text("role").$type<"input" | "output">().notNull(),
    /** "allocation.2025-09", "delivery.CUR-...", "invoice.INV-...". */
    dataset: text("dataset").notNull(),
    /** Digest of its content as the transformation saw or made it; null where it has none. */
    digest: text("digest"),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.role, table.dataset] }),
    index("lineage_dataset_name").on(table.dataset, table.role),
  ],
);

/** One transformation: which inputs (by digest), which rule versions, which query, which outputs. Append-only. */
export const lineageRun = pgTable(
  "lineage_run",
  {
    runId: text("run_id").primaryKey(),
    job: text("job").notNull(),
    subject: text("subject").notNull(),
    inputs: jsonb("inputs").$type<Json>().notNull(),
    ruleVersions: jsonb("rule_versions").$type<Json>().notNull(),
    evidenceQuery: text("evidence_query"),
    outputs: jsonb("outputs").$type<Json>().notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [index("lineage_run_subject").on(table.job, table.subject)],
);
