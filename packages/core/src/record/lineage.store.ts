import { and, desc, eq, inArray } from "drizzle-orm";
import { type Json, sha256 } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import type { DatasetVersion, LineageStep } from "./lineage-graph.ts";
import { evidenceQuery, lineageDataset, lineageRun } from "./record.sql.ts";

/** One transformation, as evidence: inputs and outputs by name and digest. */
export interface Lineage {
  readonly runId: string;
  /** What was done: "cur-import", "allocation", "draft". */
  readonly job: string;
  /** What it was done for: a period, an invoice id. */
  readonly subject: string;
  readonly inputs: Json;
  readonly ruleVersions: Json;
  readonly evidenceQuery?: string | undefined;
  readonly outputs: Json;
  /** The same as edges of the graph: which datasets, by name and digest, were read and made. */
  readonly reads: readonly DatasetVersion[];
  readonly makes: readonly DatasetVersion[];
  readonly createdAt: Date;
}

/** The name of a dataset in the lineage: "allocation.2025-09". */
export const datasetName = (
  kind: "raw" | "delivery" | "cost" | "usage" | "rules" | "tenants" | "plan" | "allocation" | "restatement" | "invoice",
  of: string,
): string => `${kind}.${of}`;

/** Writes a transformation and its edges, in the transaction of what it made. The same run again changes nothing. */
export const recordLineage = async (tx: Tx, { reads, makes, ...lineage }: Lineage): Promise<void> => {
  const { runId } = lineage;
  await tx
    .insert(lineageRun)
    .values({ ...lineage, evidenceQuery: lineage.evidenceQuery ?? null })
    .onConflictDoNothing({ target: lineageRun.runId });
  const edges = [
    ...reads.map((version) => ({ ...version, runId, role: "input" as const })),
    ...makes.map((version) => ({ ...version, runId, role: "output" as const })),
  ];
  if (edges.length > 0) await tx.insert(lineageDataset).values(edges).onConflictDoNothing();
};

export interface StoredStep extends LineageStep {
  readonly job: string;
  readonly subject: string;
  readonly ruleVersions: Json;
  readonly createdAt: Date;
}

/** The transformations that made any of some datasets, newest first, with all that they read and made. */
export const stepsMaking = async (tx: Tx, datasets: readonly string[]): Promise<StoredStep[]> => {
  if (datasets.length === 0) return [];
  const making = await tx
    .selectDistinct({ runId: lineageDataset.runId })
    .from(lineageDataset)
    .where(and(eq(lineageDataset.role, "output"), inArray(lineageDataset.dataset, [...datasets])));
  const ids = making.map((row) => row.runId);
  if (ids.length === 0) return [];
  const runs = await tx
    .select()
    .from(lineageRun)
    .where(inArray(lineageRun.runId, ids))
    .orderBy(desc(lineageRun.createdAt));
  const edges = await tx.select().from(lineageDataset).where(inArray(lineageDataset.runId, ids));
  const of = (runId: string, role: "input" | "output"): DatasetVersion[] =>
    edges
      .filter((edge) => edge.runId === runId && edge.role === role)
      .map(({ dataset, digest }) => ({ dataset, digest }))
      .toSorted((a, b) => (a.dataset < b.dataset ? -1 : 1));
  return runs.map(({ runId, job, subject, ruleVersions, createdAt }) => ({
    runId,
    job,
    subject,
    ruleVersions,
    createdAt,
    inputs: of(runId, "input"),
    outputs: of(runId, "output"),
  }));
};

/** The id of a query text: the same text has the same id everywhere. */
export const queryIdOf = (text: string): string => `EVQ-${sha256(text).replace("sha256:", "").slice(0, 24)}`;

/** Keeps query texts under their ids; those that are there stay. */
export const keepQueries = async (tx: Tx, texts: Iterable<string>, now: Date): Promise<void> => {
  const rows = [...new Set(texts)].map((text) => ({
    queryId: queryIdOf(text),
    reads: "fact_cost_raw",
    text,
    createdAt: now,
  }));
  for (let start = 0; start < rows.length; start += 500)
    await tx
      .insert(evidenceQuery)
      .values(rows.slice(start, start + 500))
      .onConflictDoNothing();
};

/** Runs of a job, or of all jobs, for a subject; newest first. */
export const listLineage = (tx: Tx, filter: { readonly subject: string; readonly job?: string | undefined }) =>
  tx
    .select()
    .from(lineageRun)
    .where(
      and(
        eq(lineageRun.subject, filter.subject),
        filter.job === undefined ? undefined : eq(lineageRun.job, filter.job),
      ),
    )
    .orderBy(desc(lineageRun.createdAt));
