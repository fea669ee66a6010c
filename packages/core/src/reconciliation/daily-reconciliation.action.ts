import { z } from "zod";
import { dayInput, usdNumber } from "../kernel/index.ts";
import { postingsOf } from "../ledger/index.ts";
import { exact, scaled } from "../money/index.ts";
import { selectPayments } from "../payments/index.ts";
import type { Tx } from "../ports/index.ts";
import { view } from "../record/index.ts";
import type { Day } from "../time/index.ts";
import { compareDay, type DayPayment } from "./daily.ts";
import { RECONCILIATION_POLICY } from "./policy.ts";

const readDay = async (tx: Tx, date: Day): Promise<DayPayment[]> => {
  const payments = await selectPayments(tx, { from: date, to: date });
  const documentIds = payments.map((payment) => payment.paymentId);
  const postings = await postingsOf(tx, { documentType: "payment", event: "payment", documentIds });
  const posted = new Map(postings.map((posting) => [posting.documentId, posting.debitUsdMinor]));
  return payments.map(({ paymentId, provider, status, amountUsd }) => ({
    paymentId,
    provider,
    status,
    usdMinor: scaled(exact(amountUsd), 2),
    postedUsdMinor: posted.get(paymentId),
  }));
};

/** What was confirmed on a day against what the books say of it, by provider; apart by more than the limit is `failed`. */
export const dailyReconciliation = view(
  "reconciliation.daily",
  { needs: "recon:read", input: z.object({ date: dayInput }) },
  async (door, { date }) => {
    const days = compareDay(await door.load((tx) => readDay(tx, date)), RECONCILIATION_POLICY);
    const providers = days.map((day) => ({
      provider: day.provider,
      payments: day.payments,
      received_usd: usdNumber(day.received),
      received_usd_exact: day.received,
      posted_usd: usdNumber(day.posted),
      posted_usd_exact: day.posted,
      pending_usd: usdNumber(day.pending),
      pending_usd_exact: day.pending,
      variance_usd: usdNumber(day.difference),
      variance_usd_exact: day.difference,
      variance_pct: day.variancePct === null ? null : usdNumber(day.variancePct),
      status: day.isWithin && day.apart.length === 0 ? "ok" : day.isWithin ? "warning" : "failed",
      payments_apart: day.apart,
    }));
    const isAll = (status: string): boolean => providers.every((provider) => provider.status === status);
    return {
      date,
      currency: "USD",
      status: isAll("ok") ? "ok" : providers.some(({ status }) => status === "failed") ? "failed" : "warning",
      threshold_pct: usdNumber(RECONCILIATION_POLICY.paymentPercent),
      providers,
    };
  },
);
