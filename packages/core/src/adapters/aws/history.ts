import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from "@aws-sdk/client-sfn";
import { invalid, type Json, Problem } from "../../kernel/index.ts";
import type { ExecutionEvent, PageOf } from "../../ports/index.ts";

/** The most events that the service gives at once. */
const MOST_AT_ONCE = 1000;

/** Fields of details that hold JSON text. */
const JSON_TEXTS = new Set(["input", "output", "parameters"]);

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
};

/** What the one `...EventDetails` of an event carries, with JSON texts read. */
const detailsOf = (event: HistoryEvent): Record<string, Json> => {
  const found: unknown = Object.entries(event).find(
    ([name, value]) => name.endsWith("EventDetails") && value !== undefined,
  )?.[1];
  const fields = Object.entries((found ?? {}) as Record<string, unknown>).filter(
    ([name, value]) => value !== undefined && value !== null && !/^(name|inputDetails|outputDetails)$/.test(name),
  );
  return Object.fromEntries(
    fields.map(([name, value]) => [
      name,
      typeof value === "string" && JSON_TEXTS.has(name) ? parsed(value) : (value as Json),
    ]),
  );
};

const OF_EXECUTION = /^Execution/;
const OF_STATE = /State(Entered|Exited)$/;

/** Events with the state that each is about: the service names it on entry and exit only, and links the others to what came before. */
const withStates = (events: readonly HistoryEvent[]): ExecutionEvent[] => {
  const states = new Map<number, string | undefined>();
  return events.map((event) => {
    const { id = 0, previousEventId = 0, type = "", timestamp = new Date(0) } = event;
    const named = event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name;
    const inherited = OF_EXECUTION.test(type) ? undefined : states.get(previousEventId);
    const state = named ?? inherited;
    // What follows an exit is about the next state, which its own entry names.
    states.set(id, OF_STATE.test(type) && type.endsWith("Exited") ? undefined : state);
    return { id, previousId: previousEventId, type, at: timestamp, state, details: detailsOf(event) };
  });
};

/** Events from the first to the one with that id, or to the last. */
const eventsUntil = async (client: SFNClient, executionArn: string, lastId: number): Promise<HistoryEvent[]> => {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: MOST_AT_ONCE, includeExecutionData: true, nextToken }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined && events.length <= lastId);
  return events;
};

/** A page begins after (or, backwards, before) the event whose id its token is. */
const idOf = (token: string): number => {
  const id = /^\d{1,6}$/.test(token) ? Number(token) : 0;
  if (id === 0)
    throw invalid("token", `${JSON.stringify(token)} is no page token. Leave it out to begin at the start.`);
  return id;
};

/**
 * A page of a history. It is read from its start, since the state of an event stands in an earlier one; a history has 25,000 events at
 * the most, and a thousand come at once.
 */
export const historyPage = async (
  client: SFNClient,
  executionArn: string,
  page: { readonly size: number; readonly token?: string | undefined; readonly newestFirst?: boolean },
): Promise<PageOf<ExecutionEvent>> => {
  const { size, token, newestFirst = false } = page;
  if (!Number.isInteger(size) || size < 1) throw new Problem("invalid", "INVALID_ARGUMENT", "size: must be at least 1");
  const edge = token === undefined ? undefined : idOf(token);
  if (newestFirst) {
    const end = edge === undefined ? Infinity : edge - 1;
    const known = withStates(await eventsUntil(client, executionArn, end)).filter(({ id }) => id <= end);
    const rows = known.slice(-size).toReversed();
    return { rows, nextToken: rows.length < known.length ? String(rows.at(-1)?.id) : undefined };
  }
  const start = edge ?? 0;
  const known = withStates(await eventsUntil(client, executionArn, start + size)).slice(start);
  const rows = known.slice(0, size);
  return { rows, nextToken: rows.length < known.length ? String(rows.at(-1)?.id) : undefined };
};
