import type { ApprovalId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { enqueue, queuedAmong } from "../record/index.ts";
import type { ApprovalNews } from "./approval-mail.ts";

/** Topic of the effect that writes to approvers. */
export const APPROVAL_MAIL = "approval-mail";

interface Letter {
  readonly approvalId: ApprovalId;
  readonly serial: string;
}

const keyOf = ({ approvalId, serial }: Letter): string => `${approvalId}/${serial}`;

/** Those that were not queued yet. */
export const unannounced = async <T extends Letter>(tx: Tx, letters: readonly T[]): Promise<T[]> => {
  const queued = await queuedAmong(tx, APPROVAL_MAIL, letters.map(keyOf));
  return letters.filter((letter) => !queued.has(keyOf(letter)));
};

/** Queues a mail to those who decide, once for a request, its level or its day of reminding. */
export const announceTo = (
  tx: Tx,
  mail: Letter & {
    readonly level: number;
    readonly news: ApprovalNews;
    readonly outboxId: string;
    readonly now: Date;
  },
): Promise<void> =>
  enqueue(tx, {
    topic: APPROVAL_MAIL,
    effectKey: keyOf(mail),
    payload: { approval_id: mail.approvalId, level: mail.level, news: mail.news, serial: mail.serial },
    outboxId: mail.outboxId,
    now: mail.now,
  });
