import type { Json } from "../kernel/index.ts";
import { type Approval, subjectName } from "./approval.ts";

/** Why approvers are written to. */
export const APPROVAL_NEWS = ["requested", "escalated", "reminder"] as const;
export type ApprovalNews = (typeof APPROVAL_NEWS)[number];

/** Which roles decide at a level: those who were not asked first are asked where the first did not decide in time. */
export const rolesOf = (level: number): readonly string[] => (level <= 1 ? ["approver"] : ["approver", "admin"]);

const OPENINGS: Readonly<Record<ApprovalNews, string>> = {
  requested: "waits for your decision.",
  escalated: "was not decided in time and is passed on to you.",
  reminder: "still waits for a decision.",
};

const factsOf = (summary: Json): string[] => {
  if (summary === null || typeof summary !== "object" || Array.isArray(summary)) return [];
  const facts = summary as { readonly [key: string]: Json | undefined };
  const line = (label: string, ...keys: readonly string[]): string[] => {
    const values = keys.flatMap((key) => {
      const value = facts[key];
      return typeof value === "string" ? [value] : [];
    });
    return values.length === 0 ? [] : [`${label}: ${values.join(" ")}`];
  };
  return [
    ...line("Tenant", "tenant_name"),
    ...line("Period", "period_start", "period_end"),
    ...line("Total", "total", "currency"),
    ...line("Amount", "amount"),
  ];
};

/** A mail that tells approvers of a request, with a link to it. The link signs nobody in. */
export const approvalMail = (
  approval: Approval,
  about: {
    readonly news: ApprovalNews;
    /** Tells the mails of one request apart, and repeats of one from each other never. */
    readonly serial: string;
    readonly publicUrl: string;
    readonly to: readonly { readonly name: string; readonly address: string }[];
  },
) => {
  const name = subjectName(approval);
  const lines = [
    `The ${name} ${OPENINGS[about.news]}`,
    "",
    ...factsOf(approval.summary),
    `Open until: ${approval.expiresAt.toISOString()}`,
    "",
    `${about.publicUrl.replace(/\/$/, "")}/approvals?approval=${encodeURIComponent(approval.approvalId)}`,
    "",
    "You sign in as always: this link signs nobody in.",
  ];
  return {
    messageId: `${approval.approvalId.toLowerCase()}.${about.serial}@${new URL(about.publicUrl).hostname}`,
    to: about.to,
    subject: `Decision needed: ${name}`,
    text: `${lines.join("\n")}\n`,
    attachments: [],
  };
};
