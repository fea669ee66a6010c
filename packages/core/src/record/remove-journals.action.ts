import { z } from "zod";
import { action } from "./action.ts";

const DAY_MS = 86_400_000;

/**
 * Removes the journals of executions that ended longer ago than the days given (14 at the least, as long as AWS lets one be redriven): only going
 * on with them needs those. The executions, their histories and the audit trail stay. Doing so again changes nothing.
 */
export const removeJournals = action(
  "workflows.remove-journals",
  { needs: "workflows:write", input: z.object({ keep_days: z.coerce.number().int().min(14) }) },
  async (door, { keep_days: days }) => {
    const before = new Date(door.now.getTime() - days * DAY_MS);
    const { executions } = await door.workflows.removeJournals(before);
    if (executions === 0) return door.unchanged({ executions });
    const metadata = { ended_before: before.toISOString(), keep_days: days, executions };
    return door.save({ objectType: "workflow", objectId: "journals", metadata }, async () => ({ executions }));
  },
);
