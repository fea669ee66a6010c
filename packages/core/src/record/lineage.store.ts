import { and, desc, eq } from "drizzle-orm";
import type { Json } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { lineageRun } from "./record.sql.ts";

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
  readonly createdAt: Date;
}

export const recordLineage = async (tx: Tx, lineage: Lineage): Promise<void> => {
  await tx
    .insert(lineageRun)
    .values({ ...lineage, evidenceQuery: lineage.evidenceQuery ?? null })
    .onConflictDoNothing({ target: lineageRun.runId });
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
