import type { ApprovalId } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { enqueue } from "../record/index.ts";
import type { ApprovalNews } from "./approval-mail.ts";

/** Topic of the effect that writes to approvers. */
export const APPROVAL_MAIL = "approval-mail";

/** Queues a mail to those who decide, once for a request, its level or its day of reminding. */
export const announceTo = (
  tx: Tx,
  mail: {
    readonly approvalId: ApprovalId;
    readonly level: number;
    readonly news: ApprovalNews;
    readonly serial: string;
    readonly outboxId: string;
    readonly now: Date;
  },
): Promise<void> =>
  enqueue(tx, {
    topic: APPROVAL_MAIL,
    effectKey: `${mail.approvalId}/${mail.serial}`,
    payload: { approval_id: mail.approvalId, level: mail.level, news: mail.news, serial: mail.serial },
    outboxId: mail.outboxId,
    now: mail.now,
  });
