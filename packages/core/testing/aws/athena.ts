import { randomUUID } from "node:crypto";
import { type Answer, openStatementEngine, type StatementEngine, type StoredObjects } from "./athena-engine.ts";
import {
  type GivenAnswer,
  type HttpDouble,
  openHttpDouble,
  type ReceivedRequest,
  signatureFault,
} from "./http-double.ts";
import { type Bounds, refusal, serviceModel } from "./service-model.ts";

const MODEL = serviceModel("athena-2017-05-18");
/** From the API reference of Athena. */
const BOUNDS: Bounds = {
  QueryString: { min: 1, max: 262_144 },
  ClientRequestToken: { min: 32, max: 128 },
  MaxResults: { min: 1, max: 1000 },
  WorkGroup: { pattern: /^[a-zA-Z0-9._-]{1,128}$/ },
  Database: { min: 1, max: 255 },
  NextToken: { min: 1, max: 1024 },
};

/** How a query may end other than by itself. */
export type Ending =
  | { readonly state: "FAILED"; readonly retryable: boolean; readonly category: number; readonly message: string }
  | { readonly state: "CANCELLED" }
  | { readonly state: "RUNNING" };

interface Query {
  readonly id: string;
  readonly text: string;
  state: "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  /** States that are still to be seen before the end. */
  seen: number;
  answer: Answer | undefined;
  error: { readonly category: number; readonly retryable: boolean; readonly message: string } | undefined;
  done: Promise<void>;
}

interface Input {
  readonly QueryString: string;
  readonly QueryExecutionId: string;
  readonly ClientRequestToken?: string;
  readonly ExecutionParameters?: readonly string[];
  readonly WorkGroup?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export interface AthenaDouble extends HttpDouble {
  /** The texts that were run, in order. */
  statements(): readonly string[];
  tableNames(): readonly string[];
  addTable(name: string, folder: string): void;
  /** The next query ends like this. */
  endNext(ending: Ending): void;
}

const error = (type: string, message: string, status = 400): GivenAnswer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify({ __type: type, Message: message }),
});
export const ATHENA_THROTTLED = error("TooManyRequestsException", "Rate exceeded");
export const ATHENA_BROKEN = error("InternalServerException", "An internal error", 500);

/** A page of an answer: at most 1000 rows, the names of the columns among them. */
const pageOf = (answer: Answer, { MaxResults = 1000, NextToken }: Input): object => {
  const header = answer.hasHeader ? [answer.columns.map((column): string | undefined => column.name)] : [];
  const all = [...header, ...answer.rows];
  const at = NextToken === undefined ? 0 : Number(NextToken.replace("page-", ""));
  const end = at + MaxResults;
  return {
    UpdateCount: 0,
    ResultSet: {
      Rows: all.slice(at, end).map((row) => ({
        Data: row.map((value) => (value === undefined ? {} : { VarCharValue: value })),
      })),
      ResultSetMetadata: {
        ColumnInfo: answer.columns.map(({ name, type }) => ({
          Name: name,
          Label: name,
          Type: type,
          CatalogName: "hive",
        })),
      },
    },
    ...(end < all.length ? { NextToken: `page-${end}` } : {}),
  };
};

const statusOf = ({ error: failure }: Query, state: Query["state"]): object => {
  if (state !== "FAILED" || failure === undefined) return { State: state };
  const { category: ErrorCategory, retryable: Retryable, message: ErrorMessage } = failure;
  return { State: state, StateChangeReason: ErrorMessage, AthenaError: { ErrorCategory, Retryable, ErrorMessage } };
};

/** The queries of a work group. */
class Queries {
  readonly #engine: StatementEngine;
  readonly #workGroup: string;
  readonly #queries = new Map<string, Query>();
  readonly #byToken = new Map<string, Query>();
  readonly endings: Ending[] = [];

  constructor(engine: StatementEngine, workGroup: string) {
    this.#engine = engine;
    this.#workGroup = workGroup;
  }

  texts(): string[] {
    return [...this.#queries.values()].map((query) => query.text);
  }

  async #work(query: Query, parameters: readonly string[]): Promise<void> {
    const end = (state: Query["state"]): void => void (query.state = query.state === "CANCELLED" ? "CANCELLED" : state);
    try {
      query.answer = await this.#engine.run(query.text, parameters);
      end("SUCCEEDED");
    } catch (cause) {
      query.error = { category: 2, retryable: false, message: cause instanceof Error ? cause.message : String(cause) };
      end("FAILED");
    }
  }

  #begin(text: string, parameters: readonly string[]): Query {
    const ending = this.endings.shift();
    const query: Query = {
      id: randomUUID(),
      text,
      state: ending?.state ?? "QUEUED",
      seen: ending?.state === "RUNNING" ? Infinity : 2,
      answer: undefined,
      error: ending?.state === "FAILED" ? ending : undefined,
      done: Promise.resolve(),
    };
    if (ending === undefined) query.done = this.#work(query, parameters);
    return query;
  }

  #get({ QueryExecutionId: id }: Input): Query {
    const query = this.#queries.get(id);
    if (query === undefined) throw new Error(`QueryExecution ${id} was not found`);
    return query;
  }

  readonly operations: Readonly<Record<string, (input: Input) => Promise<object> | object>> = {
    StartQueryExecution: (input) => {
      if (input.WorkGroup !== this.#workGroup) throw new Error(`WorkGroup ${input.WorkGroup} is not found.`);
      const { ClientRequestToken: token = randomUUID(), QueryString: text } = input;
      const query = this.#byToken.get(token) ?? this.#begin(text, input.ExecutionParameters ?? []);
      if (query.text !== text) throw new Error("Idempotent parameters do not match");
      this.#byToken.set(token, query);
      this.#queries.set(query.id, query);
      return { QueryExecutionId: query.id };
    },
    GetQueryExecution: async (input) => {
      const query = this.#get(input);
      const isEarly = query.seen > 0 && query.state !== "CANCELLED";
      if (isEarly) query.seen -= 1;
      else await query.done;
      const State = isEarly ? (query.seen === 1 ? "QUEUED" : "RUNNING") : query.state;
      return { QueryExecution: { QueryExecutionId: query.id, Query: query.text, Status: statusOf(query, State) } };
    },
    GetQueryResults: (input) => {
      const { state, answer, seen } = this.#get(input);
      if (state !== "SUCCEEDED" || answer === undefined || seen > 0)
        throw new Error(`Query did not finish successfully. Final query state: ${state}`);
      return pageOf(answer, input);
    },
    StopQueryExecution: (input) => {
      this.#get(input).state = "CANCELLED";
      return {};
    },
  };
}

/** A local stand-in for Athena: its protocol and states, its paged answers and its failures; statements are executed by DuckDB. */
export const openAthena = async (setting: {
  readonly objects: StoredObjects;
  /** Tables that stand from the start, with their folders. */
  readonly tables: Readonly<Record<string, string>>;
  readonly workGroup: string;
}): Promise<AthenaDouble> => {
  const engine = await openStatementEngine(setting.objects, setting.tables);
  const queries = new Queries(engine, setting.workGroup);
  const answer = async (request: ReceivedRequest): Promise<GivenAnswer> => {
    const signature = signatureFault(request, "athena");
    if (signature !== undefined) return error("MissingAuthenticationTokenException", signature, 403);
    const operation = request.headers["x-amz-target"]?.replace("AmazonAthena.", "") ?? "";
    const input = JSON.parse(request.body.toString()) as Input;
    const refused = refusal(MODEL, operation, input, BOUNDS);
    if (refused !== undefined) return error("InvalidRequestException", refused);
    try {
      const body = JSON.stringify(await queries.operations[operation]?.(input));
      return { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body };
    } catch (cause) {
      return error("InvalidRequestException", cause instanceof Error ? cause.message : String(cause));
    }
  };
  const double = await openHttpDouble(answer);
  return {
    ...double,
    statements: () => queries.texts(),
    tableNames: () => engine.tableNames(),
    addTable: (name, folder) => engine.addTable(name, folder),
    endNext: (ending) => void queries.endings.push(ending),
    close: async () => {
      await double.close();
      await engine.close();
    },
  };
};
