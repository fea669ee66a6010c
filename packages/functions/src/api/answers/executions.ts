import { z } from "zod";
import { STANDINGS } from "../executions/tallies.ts";
import { STATUS_NAMES } from "../executions/shown-execution.ts";
import { anything, instant, pageOf } from "./fields.ts";

const head = {
  execution_id: z.string(),
  execution_arn: z.string(),
  machine: z.string(),
  name: z.string(),
  status: z.enum(STATUS_NAMES),
  started_at: instant,
  stopped_at: instant.nullable(),
  redrive_count: z.number(),
  of_map: z.string().nullable().meta({ description: "The distributed Map that made it; null: it stands by itself" }),
};

export const execution = z.object(head);
export const executionList = pageOf("executions", execution);

export const childList = pageOf(
  "children",
  z.object({
    ...head,
    subject: z.string().nullable().meta({ description: "What the item is about: a tenant, a month, a delivery" }),
    error: z.string().nullable(),
  }),
);

const count = z.number().int();

const stateProgress = z.object({
  name: z.string(),
  standing: z.enum(STANDINGS),
  visits: z.object({
    entered: count,
    running: count,
    waiting: count,
    succeeded: count,
    caught: count,
    failed: count,
    aborted: count,
  }),
  attempts: count,
  iterations: z.object({ started: count, succeeded: count, failed: count, aborted: count }).nullable(),
  entered_at: instant.nullable(),
  left_at: instant.nullable(),
  error: anything,
  cause: anything,
});

export const executionDetail = z.object({
  ...head,
  input: anything,
  output: anything,
  error: z.string().nullable(),
  cause: anything,
  definition: anything,
  events: count,
  states: z.array(stateProgress),
  path: z.array(
    z.object({
      from: z.string().nullable().meta({ description: "null: the start" }),
      to: z.string().nullable().meta({ description: "null: the end" }),
      times: count,
    }),
  ),
});

export const eventList = pageOf(
  "events",
  z.object({
    event_id: count,
    previous_event_id: count,
    type: z.string(),
    at: instant,
    state: z.string().nullable(),
    details: anything,
  }),
);

export const machineList = z.object({
  machines: z.array(z.object({ machine: z.string(), comment: z.string().nullable() })),
});
