import { settleAlerts } from "@commops/core/alerts";
import { settlementOf } from "@commops/core/payments";
import { dailyReconciliation, sendPaymentSummary } from "@commops/core/reconciliation";
import { addDays, day, dayOf } from "@commops/core/time";
import { z } from "zod";
import { executionAlert } from "./runs.ts";
import { task } from "./task.ts";

const MACHINE = "payment-reconciliation";

export const paymentTasks = {
  "check-payment": task(
    settlementOf.input,
    z.object({ payment_id: z.string(), is_settled: z.boolean(), reasons: z.array(z.string()) }),
    async ({ call }, input) => {
      const { payment_id, tenant_id, is_settled, reasons } = await settlementOf.run(call, input);
      const key = executionAlert(MACHINE, payment_id);
      const message = `payment ${payment_id} is not settled: ${reasons.join("; ")}`;
      const evidence = [{ type: "payment", ref: payment_id }];
      const raised = is_settled ? [] : [{ key, level: "critical" as const, tenant_id, message, evidence }];
      await settleAlerts.run(call, { source: MACHINE, raised, well: is_settled ? [key] : [] });
      return { payment_id, is_settled, reasons };
    },
  ),
  "summarize-payments": task(
    z.object({ date: z.string().nullish(), scheduled_for: z.string().nullish() }),
    z.object({ date: z.string(), status: z.string() }),
    async ({ call }, { date, scheduled_for: at }) => {
      const of = date ?? addDays(dayOf(at ? new Date(at) : call.world.clock.now()), -1);
      const { status, providers } = await dailyReconciliation.run(call, { date: day(of) });
      const key = `${MACHINE}/day/${of}`;
      const apart = providers.filter((provider) => provider.status === "failed").map(({ provider }) => provider);
      const message = `payments of ${of} and the books are apart by more than the limit: ${apart.join(", ")}`;
      const evidence = [{ type: "reconciliation", ref: `/reconciliation/daily?date=${of}` }];
      const raised = status === "failed" ? [{ key, message, evidence }] : [];
      await settleAlerts.run(call, {
        source: MACHINE,
        raised,
        well: [executionAlert(MACHINE, "daily"), ...(status === "failed" ? [] : [key])],
      });
      await sendPaymentSummary.run(call, { date: day(of) });
      return { date: of, status };
    },
  ),
} as const;
