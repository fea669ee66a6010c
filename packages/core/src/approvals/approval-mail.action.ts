import { z } from "zod";
import { pageInput, pageOf, pageRequest } from "../kernel/index.ts";
import { action, view } from "../record/index.ts";
import { peopleWithRoles } from "../tenants/index.ts";
import { dayOf } from "../time/index.ts";
import { APPROVAL_NEWS, approvalMail, rolesOf } from "./approval-mail.ts";
import { announceTo, unannounced } from "./approval-mail.store.ts";
import { readApproval, waitingSince } from "./approvals.store.ts";

/** A request is reminded of from this age on, once a day. */
const REMIND_AFTER_MS = 2 * 86_400_000;

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
    const isOpen = approval.state === "pending" && approval.expiresAt > door.now;
    if (!isOpen || to.length === 0) return undefined;
    return approvalMail(approval, { news: input.news, serial: input.serial, publicUrl: input.public_url, to });
  },
);

/**
 * Queues a reminder of the requests that have waited for two days or longer and are still open, of each once a calendar day (UTC): a run that is made
 * up, or made again, queues what the day's other run did not. Works page by page: `next_page_token` is where to go on.
 */
export const remindApprovers = action(
  "approvals.remind",
  { needs: "workflows:write", input: z.object(pageInput) },
  async (door, input) => {
    const request = pageRequest(input.page_size, input.page_token);
    const since = new Date(door.now.getTime() - REMIND_AFTER_MS);
    const of = { since, now: door.now, after: request.after, limit: request.size + 1 };
    const serial = `reminder-${dayOf(door.now)}`;
    const page = pageOf(await door.load((tx) => waitingSince(tx, of)), request, (row) => row.approvalId);
    const next_page_token = page.nextToken ?? null;
    const letters = page.rows.map(({ approvalId, level }) => ({ approvalId, level, serial }));
    const due = await door.load((tx) => unannounced(tx, letters));
    if (due.length === 0) return door.unchanged({ reminded: 0, next_page_token });
    const metadata = { approvals: due.map((letter) => letter.approvalId) };
    return door.save({ objectType: "approval", objectId: serial, metadata }, async (tx) => {
      const { now } = door;
      for (const letter of due) await announceTo(tx, { ...letter, news: "reminder", outboxId: door.clock.id(), now });
      return { reminded: due.length, next_page_token };
    });
  },
);
