import { z } from "zod";
import { monthInput, pageInput, pageOf, pageRequest } from "../kernel/index.ts";
import { action, view } from "../record/index.ts";
import { checkClosable, EXCEPTION_STATUSES } from "./exception.ts";
import { closeException, lockException, selectExceptions } from "./reconciliation.store.ts";
import { shownException } from "./wire.ts";

/** What somebody has to look at, in the order in which it was found. */
export const reconciliationExceptions = view(
  "reconciliation.exceptions",
  {
    needs: "recon:read",
    input: z.object({ period: monthInput.optional(), state: z.enum(EXCEPTION_STATUSES).optional(), ...pageInput }),
  },
  async (door, input) => {
    const request = pageRequest(input.page_size, input.page_token);
    const filter = { period: input.period, status: input.state, after: request.after, limit: request.size + 1 };
    const page = pageOf(await door.load((tx) => selectExceptions(tx, filter)), request, (row) => row.exceptionId);
    return { exceptions: page.rows.map(shownException), next_page_token: page.nextToken ?? null };
  },
);

/**
 * Closes an exception with a reason: `resolved` says that its cause is gone, `accepted` that it stays as it is. The next run opens a
 * resolved one again when it is still there, an accepted one when it changed.
 */
export const resolveException = action(
  "reconciliation.resolve",
  {
    needs: "recon:write",
    input: z.object({
      exception_id: z.templateLiteral(["EXC-", z.string().min(1)]),
      reason: z.string().trim().min(1).max(1000),
      status: z.enum(["resolved", "accepted"]).default("resolved"),
    }),
  },
  async (door, { exception_id: exceptionId, reason, status }) => {
    const isRepeat = (row: { status: string; resolution: string | null; owner: string | null }): boolean =>
      row.status === status && row.resolution === reason && row.owner === door.actor.id;
    const before = await door.load((tx) => lockException(tx, exceptionId));
    if (isRepeat(before)) return door.unchanged(shownException(before));
    const metadata = { status, reason, period: before.period, check: before.checkName };
    const subject = { objectType: "recon_exception", objectId: exceptionId, metadata };
    return door.save({ ...subject, tenantId: before.tenantId ?? undefined }, async (tx) => {
      const row = await lockException(tx, exceptionId);
      checkClosable(row);
      const change = { status, resolution: reason, owner: door.actor.id, updatedAt: door.now };
      await closeException(tx, exceptionId, change);
      return shownException({ ...row, ...change });
    });
  },
);
