import { numberAfter, pageInput, pageOf, pageRequest } from "@commops/core/kernel";
import type { ExecutionEvent } from "@commops/core/ports";
import { view } from "@commops/core/record";
import { z } from "zod";
import { executionArnOf } from "./execution-id.ts";
import { progressReader } from "./progress.ts";
import { eventsOf } from "./read-events.ts";
import { redactorFor } from "./redact.ts";
import { READERS } from "./shown-execution.ts";

/** Events of an execution, of one state or of all, without the tokens and secrets in them. */
export const executionHistory = view(
  "workflows.history",
  {
    needs: READERS,
    input: z.object({
      execution_id: z.string(),
      state: z.string().optional(),
      /** A part of the type: `Failed`, `Scheduled`. */
      type: z.string().max(80).optional(),
      order: z.enum(["oldest", "newest"]).default("oldest"),
      ...pageInput,
    }),
  },
  async (door, input) => {
    const arn = executionArnOf(input.execution_id);
    const { definition } = await door.workflows.describe(arn);
    const request = pageRequest(input.page_size, input.page_token);
    const after = Number(numberAfter(request) ?? (input.order === "oldest" ? 0n : BigInt(Number.MAX_SAFE_INTEGER)));
    const reader = progressReader(definition);
    const redactor = redactorFor(definition);
    const wanted: (ExecutionEvent & { readonly about: string | undefined })[] = [];
    // Always from the start: which state an event is about, and which values are secret, follows from those before it.
    for await (const event of eventsOf(door.workflows, arn)) {
      const about = reader.read(event);
      const details = redactor.clean(event.details) as ExecutionEvent["details"];
      if (input.state !== undefined && about !== input.state) continue;
      if (input.type !== undefined && !event.type.toLowerCase().includes(input.type.toLowerCase())) continue;
      if (input.order === "newest") {
        if (event.id >= after) break;
        wanted.push({ ...event, details, about });
        if (wanted.length > request.size + 1) wanted.shift();
      } else if (event.id > after) {
        wanted.push({ ...event, details, about });
        if (wanted.length > request.size) break;
      }
    }
    const page = pageOf(input.order === "newest" ? wanted.toReversed() : wanted, request, (event) => String(event.id));
    return {
      events: page.rows.map((event) => ({
        event_id: event.id,
        previous_event_id: event.previousId,
        type: event.type,
        at: event.at.toISOString(),
        state: event.about ?? null,
        details: event.details,
      })),
      next_page_token: page.nextToken ?? null,
    };
  },
);
