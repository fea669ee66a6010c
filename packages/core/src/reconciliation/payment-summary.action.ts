import { z } from "zod";
import { dayInput } from "../kernel/index.ts";
import type { Mail } from "../ports/index.ts";
import { action, effectState, enqueue, view } from "../record/index.ts";
import { peopleWithRoles } from "../tenants/index.ts";
import { dailyReconciliation } from "./daily-reconciliation.action.ts";

/** Topic of the effect that mails a day's summary. */
export const PAYMENT_SUMMARY_MAIL = "payment-summary-mail";

/** Queues the mail about a day's payments, once. */
export const sendPaymentSummary = action(
  "reconciliation.send-summary",
  { needs: "recon:write", input: z.object({ date: dayInput }) },
  async (door, { date }) => {
    const { state } = await door.load((tx) => effectState(tx, PAYMENT_SUMMARY_MAIL, date));
    if (state !== "unknown") return door.unchanged({ date });
    return door.save({ objectType: "payment_summary", objectId: date }, async (tx) => {
      const effect = { topic: PAYMENT_SUMMARY_MAIL, effectKey: date, payload: { date } };
      await enqueue(tx, { ...effect, outboxId: door.clock.id(), now: door.now });
      return { date };
    });
  },
);

/** The mail about a day's payments to the people of finance; undefined where there are none. */
export const composePaymentSummary = view(
  "reconciliation.compose-summary",
  { needs: "recon:read", input: z.object({ date: dayInput, public_url: z.url() }) },
  async (door, { date, public_url: publicUrl }): Promise<Mail | undefined> => {
    const people = await door.load((tx) => peopleWithRoles(tx, ["finance"]));
    if (people.length === 0) return undefined;
    const { status, providers } = await dailyReconciliation.run(door.call, { date });
    const lines = providers.map(
      (one) =>
        `${one.provider}: ${one.payments} payments, received ${one.received_usd_exact} USD, posted ${one.posted_usd_exact} USD, apart ${one.variance_usd_exact} USD (${one.status})`,
    );
    return {
      messageId: `payments-${date}@${new URL(publicUrl).hostname}`,
      to: people.map((person) => ({ name: person.displayName, address: person.email })),
      subject: `Payments of ${date}: ${status}`,
      text: `${[...(lines.length === 0 ? ["No payments."] : lines), "", `${publicUrl}/reconciliation`].join("\n")}\n`,
      attachments: [],
    };
  },
);
