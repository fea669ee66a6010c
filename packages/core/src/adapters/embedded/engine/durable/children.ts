import { and, asc, eq, ne, sql } from "drizzle-orm";
import { type Json, missing } from "../../../../kernel/index.ts";
import type { ExecutionDetail, ExecutionStatus, ExecutionSummary, Tx } from "../../../../ports/index.ts";
import { workflowEvent, workflowExecution, workflowJournal } from "../../../../workflows/execution.sql.ts";
import { itemProcessorOf, mapLabel } from "../../../../workflows/index.ts";
import { randomOf } from "../random.ts";
import { executionArn, type ExecutionResult } from "../run.ts";
import { identityFor } from "./definitions.ts";
import type { ExecutionRow } from "./executions.ts";

/** Where a child of a distributed Map is kept: under its parent's number, in a scope of its own. */
export interface ChildPlace {
  readonly executionNo: number;
  readonly scope: string;
}

/** The place that the ARN of a child tells: `<ARN>@<number><scope>`; undefined for any other execution. */
export const childPlace = (arn: string): ChildPlace | undefined => {
  const [, number, scope] = /@(\d{1,15})(\/.+)$/.exec(arn) ?? [];
  return number === undefined || scope === undefined ? undefined : { executionNo: Number(number), scope };
};

/** The label of the Map that made a child: the last state of its scope before the item. */
const labelOf = (parent: ExecutionRow, childScope: string): string =>
  mapLabel(JSON.parse(parent.definition) as Json, /\/([^/]+)\.\d+\/try\.\d+\/item\.\d+$/.exec(childScope)?.[1] ?? "");

interface Kept {
  readonly scope: string;
  readonly startedAt: Date;
  readonly ended: string | null;
}

/** Children without an end run as long as their parent does. */
const openStatus = ({ status }: ExecutionRow): ExecutionStatus => (status === "RUNNING" ? "RUNNING" : "ABORTED");

const summaryOf = (parent: ExecutionRow, { scope, startedAt, ended }: Kept): ExecutionSummary => {
  const result = ended === null ? undefined : (JSON.parse(ended) as ExecutionResult);
  const name = randomOf(parent.seed, `${scope}/name`).uuid();
  const base = identityFor(parent.machine, parent.name).executionArn.split(":").slice(0, 5).join(":");
  const arn = executionArn(base, "STANDARD", `${parent.machine}/${labelOf(parent, scope)}`, name, name);
  return {
    executionArn: `${arn}@${parent.executionNo}${scope}`,
    machine: parent.machine,
    name,
    status: result?.status ?? openStatus(parent),
    startedAt,
    stoppedAt: result === undefined ? (parent.stoppedAt ?? undefined) : new Date(result.stoppedAt),
    redriveCount: 0,
  };
};

const { executionNo, scope, eventId, at, details } = workflowEvent;

/** The first event of each child tells of its start; its end stands in its parent's journal. */
const childRows = (tx: Tx) =>
  tx
    .select({ scope, startedAt: at, ended: workflowJournal.value, details })
    .from(workflowEvent)
    .leftJoin(
      workflowJournal,
      and(eq(workflowJournal.executionNo, executionNo), eq(workflowJournal.key, sql`${scope} || '/ended'`)),
    )
    .$dynamic();

/** The children of an execution in the order of their items, after a scope. */
export const listChildren = async (
  tx: Tx,
  parent: ExecutionRow,
  page: { readonly status: ExecutionStatus | undefined; readonly after: string | undefined; readonly limit: number },
): Promise<{ readonly scope: string; readonly summary: ExecutionSummary }[]> => {
  const status = sql`coalesce(${workflowJournal.value}::json ->> 'status', ${openStatus(parent)})`;
  const rows = await childRows(tx)
    .where(
      and(
        eq(executionNo, parent.executionNo),
        ne(scope, ""),
        eq(eventId, 1),
        page.status === undefined ? undefined : eq(status, page.status),
        page.after === undefined
          ? undefined
          : sql`(length(${scope}), ${scope}) > (length(${page.after}), ${page.after})`,
      ),
    )
    .orderBy(asc(sql`length(${scope})`), asc(scope))
    .limit(page.limit);
  return rows.map((row) => ({ scope: row.scope, summary: summaryOf(parent, row) }));
};

/** A child with what went in and came out, and its part of the definition. Throws a missing Problem. */
export const describeChild = async (tx: Tx, place: ChildPlace): Promise<ExecutionDetail> => {
  const [parent] = await tx
    .select()
    .from(workflowExecution)
    .where(eq(workflowExecution.executionNo, place.executionNo));
  const [row] = await childRows(tx).where(
    and(eq(executionNo, place.executionNo), eq(scope, place.scope), eq(eventId, 1)),
  );
  if (parent === undefined || row === undefined) throw missing("execution", place.scope);
  const { input = null } = JSON.parse(row.details) as { readonly input?: Json };
  const result = row.ended === null ? undefined : (JSON.parse(row.ended) as ExecutionResult);
  return {
    ...summaryOf(parent, row),
    input,
    output: result?.output,
    error: result?.error ?? undefined,
    cause: result?.cause ?? undefined,
    definition: itemProcessorOf(JSON.parse(parent.definition) as Json, labelOf(parent, place.scope)),
  };
};
