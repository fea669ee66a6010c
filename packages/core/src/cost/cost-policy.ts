import { z } from "zod";
import {
  ALWAYS_QUARANTINES,
  FINDING_CODES,
  FINDING_KINDS,
  type FindingCode,
  type FindingSeverity,
} from "./finding-kinds.ts";
import type { Finding } from "./finding.ts";

const severity = z.enum(["warning", "quarantine"]);
const percent = z.number().min(0).max(100);

/** What deliveries are held against. Percentages are of the delivery that is replaced, factors of the trailing median. */
export const costPolicySchema = z.object({
  /** What a finding means where it differs from the default of its kind. */
  severities: z
    .partialRecord(z.enum(FINDING_CODES), severity)
    .refine((chosen) => ALWAYS_QUARANTINES.every((code) => (chosen[code] ?? "quarantine") === "quarantine"), {
      message: `${ALWAYS_QUARANTINES.join(", ")} always quarantines: there is no line that could count`,
    })
    .default({}),
  /** How old the newest day of usage may be. */
  freshness_days: z.number().int().min(0).max(60).default(2),
  /** Usage cost without a tenant tag, above which coverage is not good enough. */
  untagged_percent: percent.default(0.5),
  row_drop_percent: percent.default(10),
  size_drop_percent: percent.default(50),
  /** Days before a day that it is compared with, and how far from their median it may be. */
  trailing_days: z.number().int().min(4).max(28).default(7),
  row_factor: z.number().min(1.1).max(100).default(4),
  cost_factor: z.number().min(1.1).max(100).default(4),
  /** Day of the next month from which lines without an invoice id are reported. */
  invoice_day: z.number().int().min(1).max(28).default(10),
});
export type CostPolicy = z.output<typeof costPolicySchema>;

export const DEFAULT_COST_POLICY: CostPolicy = costPolicySchema.parse({});

/** The version that is in force before anyone wrote one. */
export const FIRST_VERSION = 0;

export const severityOf = (policy: Pick<CostPolicy, "severities">, code: FindingCode): FindingSeverity =>
  policy.severities[code] ?? FINDING_KINDS[code].severity;

/** Findings with the severity that the policy gives them. */
export const underPolicy = (policy: Pick<CostPolicy, "severities">, findings: readonly Finding[]): Finding[] =>
  findings.map((item) => ({ ...item, severity: severityOf(policy, item.code) }));
