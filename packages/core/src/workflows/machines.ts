import type { Definition } from "./language.ts";
import { allocation } from "./machines/allocation.ts";
import { curIngestion } from "./machines/cur-ingestion.ts";
import { invoiceApproval } from "./machines/invoice-approval.ts";
import { invoicing } from "./machines/invoicing.ts";
import { paymentReconciliation } from "./machines/payment-reconciliation.ts";
import { periodClose } from "./machines/period-close.ts";
import { rulePromotion } from "./machines/rule-promotion.ts";
import { scheduledReport } from "./machines/scheduled-report.ts";

/** What an engine makes of a state machine. */
export interface MachineTraits {
  readonly definition: Definition;
  /** Express machines neither wait for a token nor run longer than five minutes. */
  readonly type: "STANDARD" | "EXPRESS";
  readonly tags: Readonly<Record<string, string>>;
}

const standard = (definition: Definition, component: string): MachineTraits => ({
  definition,
  type: "STANDARD",
  tags: { service_component: component },
});

/** Every state machine once, by name. */
export const MACHINES = {
  "cur-ingestion": standard(curIngestion, "cost"),
  allocation: standard(allocation, "allocation"),
  invoicing: standard(invoicing, "invoicing"),
  "invoice-approval": standard(invoiceApproval, "invoicing"),
  "payment-reconciliation": standard(paymentReconciliation, "payments"),
  "rule-promotion": standard(rulePromotion, "promotion"),
  "period-close": standard(periodClose, "reconciliation"),
  "scheduled-report": standard(scheduledReport, "reports"),
} as const satisfies Readonly<Record<string, MachineTraits>>;

export type MachineName = keyof typeof MACHINES;
