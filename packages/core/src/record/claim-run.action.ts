import { z } from "zod";
import { action } from "./action.ts";
import { claimFor, claimHolder } from "./schedule.store.ts";

/**
 * Claims what a machine has to do at a scheduled time for one execution: schedulers fire twice, and of two executions only the first goes
 * on. The execution that has it may ask again. Without a scheduled time there is nothing to share.
 */
export const claimRun = action(
  "workflows.claim",
  {
    needs: "workflows:write",
    input: z.object({
      machine: z.string().min(1),
      /** Tells apart what one machine does at one time. */
      subject: z.string().min(1).nullish(),
      scheduled_for: z.iso.datetime().nullish(),
      execution: z.string().min(1),
    }),
  },
  async (door, { machine, subject, scheduled_for: at, execution }) => {
    if (at === null || at === undefined) return door.unchanged({ claimed: true });
    const schedule = ["machine", machine, ...(subject ? [subject] : [])].join("/");
    const holder = await door.load((tx) => claimHolder(tx, schedule, new Date(at)));
    if (holder !== undefined) return door.unchanged({ claimed: holder === execution });
    return door.save({ objectType: "workflow", objectId: execution, metadata: { schedule, at } }, async (tx) => {
      const found = await claimFor(tx, { schedule, scheduledFor: new Date(at), execution, now: door.now });
      return { claimed: found === execution };
    });
  },
);
