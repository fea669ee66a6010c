import { z } from "zod";
import { action, view } from "../record/index.ts";
import { peopleWithRoles } from "../tenants/index.ts";
import { dayOf } from "../time/index.ts";
import { APPROVAL_NEWS, approvalMail, rolesOf } from "./approval-mail.ts";
import { announceTo } from "./approval-mail.store.ts";
import { readApproval, selectApprovals } from "./approvals.store.ts";

/** A request is reminded of from this age on, once a day. */
const REMIND_AFTER_MS = 2 * 86_400_000;
const MOST_REMINDED = 500;

/** The mail about a request to those who decide and did not prepare it; undefined where nobody is left to write to, or nothing to decide. */
export const composeApprovalMail = view(
  "approvals.compose-mail",
  {
    needs: "billing:read",
    input: z.object({
      approval_id: z.templateLiteral(["APR-", z.string().min(1)]),
      level: z.int().min(1),
      news: z.enum(APPROVAL_NEWS),
      serial: z.string().min(1),
      public_url: z.url(),
    }),
  },
  async (door, input) => {
    const { approval, people } = await door.load(async (tx) => ({
      approval: await readApproval(tx, input.approval_id),
      people: await peopleWithRoles(tx, rolesOf(input.level)),
    }));
    const to = people
      .filter((person) => !approval.preparedBy.includes(person.userId))
      .map((person) => ({ name: person.displayName, address: person.email }));
    if (approval.state !== "pending" || to.length === 0) return undefined;
    return approvalMail(approval, { news: input.news, serial: input.serial, publicUrl: input.public_url, to });
  },
);

/** Queues a reminder of every request that has waited for two days, once a day. */
export const remindApprovers = action(
  "approvals.remind",
  { needs: "workflows:write", input: z.object({}) },
  async (door) => {
    const pending = await door.load((tx) => selectApprovals(tx, { state: "pending", limit: MOST_REMINDED }));
    const due = pending.filter(
      ({ requestedAt, expiresAt }) =>
        requestedAt.getTime() + REMIND_AFTER_MS <= door.now.getTime() && expiresAt > door.now,
    );
    if (due.length === 0) return door.unchanged({ reminded: 0 });
    const serial = `reminder-${dayOf(door.now)}`;
    return door.save(
      { objectType: "approval", objectId: serial, metadata: { approvals: due.map((item) => item.approvalId) } },
      async (tx) => {
        for (const { approvalId, level } of due)
          await announceTo(tx, {
            approvalId,
            level,
            news: "reminder",
            serial,
            outboxId: door.clock.id(),
            now: door.now,
          });
        return { reminded: due.length };
      },
    );
  },
);
