import { settleAlerts } from "@commops/core/alerts";
import { answerToken, unanswered } from "@commops/core/approvals";
import { escalateInvoiceApproval, overdueInvoiceApprovals } from "@commops/core/invoicing";
import { Problem } from "@commops/core/kernel";
import type { Call } from "@commops/core/record";

const SOURCE = "sweep-approvals";
const UNHEARD = `${SOURCE}/unheard`;
/** After so many refusals that pass by themselves the service is taken to be away or busy. */
const AWAY = 3;

interface Refusal {
  readonly why: string;
  readonly passes: boolean;
}

/** Why an execution could not be told, where it could not; what is our own fault says no more than that. */
const tell = (call: Call, token: string): Promise<Refusal | undefined> =>
  answerToken.run(call, { token }).then(
    () => undefined,
    (error: unknown) =>
      error instanceof Problem
        ? { why: error.message, passes: error.kind === "transient" }
        : { why: "something went wrong on our side", passes: false },
  );

/** Tells page after page; what cannot be told holds up no other. */
const tellAll = async (call: Call) => {
  const refused: { readonly why: string; readonly isLate: boolean }[] = [];
  let [answered, passing] = [0, 0];
  for (let page_token: string | null | undefined; page_token !== null && passing < AWAY;) {
    const page = await unanswered.run(call, { page_size: 100, page_token });
    page_token = page.next_page_token;
    for (const { token, is_late: isLate } of page.tokens) {
      const refusal = await tell(call, token);
      if (refusal === undefined) answered += 1;
      else refused.push({ why: refusal.why, isLate });
      if (refusal?.passes === true) passing += 1;
      if (passing >= AWAY) break;
    }
  }
  return { answered, refused };
};

/** Takes back the drafts whose request expired and that no execution takes back; answers how many. */
const returnOverdue = async (call: Call): Promise<number> => {
  const { overdue } = await overdueInvoiceApprovals.run(call, {});
  let returned = 0;
  for (const { invoice_id, digest, level } of overdue) {
    const { decision } = await escalateInvoiceApproval.run(call, { invoice_id, digest, level, is_over: true });
    if (decision === "returned") returned += 1;
  }
  return returned;
};

/**
 * Tells executions of the decisions that are stored and that they have not heard of, until each has. Where the service is away the rest waits for
 * the next sweep. Drafts that nobody decided in time go back, also without an execution. Decisions that are late raise one alert, which ends when all are told.
 */
export const sweepDecisions = async (call: Call) => {
  const { answered, refused } = await tellAll(call);
  const late = refused.find((refusal) => refusal.isLate);
  const message = `decisions are stored that their executions could not be told of for a quarter of an hour: ${late?.why}`;
  await settleAlerts.run(call, {
    source: SOURCE,
    raised: late === undefined ? [] : [{ key: UNHEARD, level: "critical", message }],
    well: refused.length === 0 ? [UNHEARD] : [],
  });
  return { answered, waiting: refused.length, returned: await returnOverdue(call) };
};
