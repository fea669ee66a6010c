import { and, eq } from "drizzle-orm";
import type { Json } from "../../../../kernel/index.ts";
import type { Database } from "../../../../ports/index.ts";
import { workflowEvent, workflowJournal } from "../../../../workflows/execution.sql.ts";
import type { Journal, Recorded } from "../effects.ts";
import type { Activity } from "./activity.ts";
import type { Writer } from "./writer.ts";

/** What an execution, or a child of its distributed map, had done before it was taken up. */
interface Done {
  readonly values: Map<string, Json>;
  readonly events: Map<string, Recorded>;
}

export interface Place {
  readonly database: Database;
  readonly executionNo: number;
  readonly writer: Writer;
  readonly activity: Activity;
}

const load = ({ database, executionNo }: Place, scope: string): Promise<Done> =>
  database.transaction("operator", async (tx) => {
    const values = await tx
      .select({ key: workflowJournal.key, value: workflowJournal.value })
      .from(workflowJournal)
      .where(and(eq(workflowJournal.executionNo, executionNo), eq(workflowJournal.scope, scope)));
    const events = await tx
      .select({ key: workflowEvent.key, id: workflowEvent.eventId, at: workflowEvent.at })
      .from(workflowEvent)
      .where(and(eq(workflowEvent.executionNo, executionNo), eq(workflowEvent.scope, scope)));
    return {
      values: new Map(values.map(({ key, value }) => [key, JSON.parse(value) as Json])),
      events: new Map(events.map(({ key, id, at }) => [key, { id, at: at.getTime() }])),
    };
  });

export interface LoadedJournal extends Journal {
  /** Whether anything but its start had been done. */
  readonly isResumed: boolean;
  /** Events that tell a redrive, in order. */
  readonly redrives: readonly Recorded[];
}

const REDRIVEN = "/redriven/";

/** The key of the event that tells a redrive. */
export const redriveKey = (count: number): string => `${REDRIVEN}${count}`;

/** Takes up the journal of an execution, or of a child, from what is kept of it; each step asks for its own once. */
export const openJournal = async (place: Place, scope = "", isFresh = false): Promise<LoadedJournal> => {
  const { executionNo, writer, activity } = place;
  const done: Done = isFresh ? { values: new Map(), events: new Map() } : await load(place, scope);
  const { values, events } = done;
  const isResumed = values.size > 0 || events.size > 1;
  const redrives = [...events].flatMap(([key, event]) => (key.startsWith(REDRIVEN) ? [event] : []));
  let last = [...events.values()].reduce((most, { id }) => Math.max(most, id), 0);
  return {
    isResumed,
    redrives: redrives.toSorted((a, b) => a.id - b.id),
    known: (key) => values.get(key),
    once: async <T extends Json>(key: string, work: () => Promise<T>): Promise<T> => {
      const known = values.get(key);
      if (known !== undefined) {
        values.delete(key);
        return activity.unlessDropped(known as T);
      }
      const value = await activity.unlessDropped(await work());
      writer.append({ executionNo, journal: { scope, key, value: JSON.stringify(value) } });
      return value;
    },
    record: ({ key, at, details, ...event }, most) => {
      const known = events.get(key);
      if (known !== undefined) {
        events.delete(key);
        return known;
      }
      if (last >= most) return undefined;
      last += 1;
      const row = { scope, key, eventId: last, ...event, at: new Date(at), details: JSON.stringify(details) };
      writer.append({ executionNo, event: row });
      return { id: last, at };
    },
    child: (path) => activity.busy(openJournal(place, path, !isResumed)),
  };
};
