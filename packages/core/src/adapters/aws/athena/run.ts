import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { Problem } from "../../../kernel/index.ts";
import type { LakeRow } from "../../../ports/index.ts";
import { awsProblem } from "../refusal.ts";
import { rowsOf } from "./values.ts";

export interface Athena {
  readonly client: AthenaClient;
  readonly database: string;
  readonly workGroup: string;
  /** Milliseconds after which a statement is stopped. */
  readonly longest: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly now: () => number;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 3_000;
const PAGE_ROWS = 1_000;

const guarded = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw awsProblem(error, `Athena: ${what}`);
  }
};

const SYSTEM_ERROR = 1;

/** Why a statement ended without an answer: what Athena says may be tried again is transient, a file that cannot be read is invalid. */
const failureOf = (execution: QueryExecution): Problem => {
  const { State: state, StateChangeReason: reason = "no reason given", AthenaError: error } = execution.Status ?? {};
  const text = `Athena ended query ${execution.QueryExecutionId} as ${state}: ${error?.ErrorMessage ?? reason}`;
  const isTransient = error?.Retryable === true || error?.ErrorCategory === SYSTEM_ERROR || state === "CANCELLED";
  if (isTransient) return new Problem("transient", "SERVICE_BUSY", `${text}. Try again.`);
  const isFileFault = /HIVE_BAD_DATA|HIVE_CURSOR_ERROR|HIVE_INVALID_METADATA|not a valid Parquet/i.test(text);
  return isFileFault ? new Problem("invalid", "UNREADABLE_FILE", text) : new Problem("internal", "INTERNAL", text);
};

const stop = async ({ client }: Athena, id: string): Promise<void> => {
  await guarded("stop a query", () => client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })));
};

const untilDone = async (athena: Athena, id: string): Promise<void> => {
  const end = athena.now() + athena.longest;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, wait * 1.5)) {
    const { QueryExecution: execution = {} } = await guarded("look at a query", () =>
      athena.client.send(new GetQueryExecutionCommand({ QueryExecutionId: id })),
    );
    const state = execution.Status?.State;
    if (state === "SUCCEEDED") return;
    if (state === "FAILED" || state === "CANCELLED") throw failureOf(execution);
    if (athena.now() >= end) {
      await stop(athena, id);
      throw new Problem("transient", "SERVICE_BUSY", `Athena took longer than ${athena.longest / 1000} s; try again`);
    }
    await athena.sleep(wait);
  }
};

/** Runs a statement to its end and gives its id. Throws a transient Problem where it may be tried again. */
export const execute = async (athena: Athena, text: string, parameters: readonly string[] = []): Promise<string> => {
  const { QueryExecutionId: id = "" } = await guarded("start a query", () =>
    athena.client.send(
      new StartQueryExecutionCommand({
        QueryString: text,
        WorkGroup: athena.workGroup,
        QueryExecutionContext: { Database: athena.database },
        ...(parameters.length === 0 ? {} : { ExecutionParameters: [...parameters] }),
      }),
    ),
  );
  await untilDone(athena, id);
  return id;
};

/** The rows of a query that has run, page by page. The first row of a SELECT's first page holds the names of its columns. */
export async function* answersOf(athena: Athena, id: string, hasHeader = true): AsyncGenerator<LakeRow[]> {
  let token: string | undefined;
  let isHeaderNext = hasHeader;
  do {
    const page = await guarded("fetch an answer", () =>
      athena.client.send(
        new GetQueryResultsCommand({
          QueryExecutionId: id,
          MaxResults: PAGE_ROWS,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      ),
    );
    const { Rows: rows = [], ResultSetMetadata: about } = page.ResultSet ?? {};
    const values = rowsOf(isHeaderNext ? rows.slice(1) : rows, about?.ColumnInfo ?? []);
    if (values.length > 0) yield values;
    token = page.NextToken;
    isHeaderNext = false;
  } while (token !== undefined);
}
