import { type ExceptionId, precondition } from "../kernel/index.ts";
import type { Check, CheckName, Finding } from "./check.ts";

export const EXCEPTION_STATUSES = ["open", "resolved", "accepted"] as const;
export type ExceptionStatus = (typeof EXCEPTION_STATUSES)[number];

/** An exception as far as the next run looks at it. */
export interface KnownException {
  readonly exceptionId: ExceptionId;
  readonly findingKey: string;
  readonly status: ExceptionStatus;
  /** Says how much it is about: while the text is the same, so is the finding. */
  readonly description: string;
}

export interface FoundAgain {
  readonly exceptionId: ExceptionId;
  readonly finding: Finding;
  /** Whether somebody has to look at it again. */
  readonly isReopened: boolean;
}

/** What a run does to the exceptions of its period. */
export interface ExceptionPlan {
  readonly added: readonly (Finding & { readonly check: CheckName })[];
  readonly foundAgain: readonly FoundAgain[];
  /** Nobody finds them any more: they resolve themselves. */
  readonly gone: readonly ExceptionId[];
}

/**
 * One exception a finding, however often it is found. One that was resolved opens again when it is still there; one that was
 * accepted stays so as long as nothing about it changes.
 */
export const planExceptions = (known: readonly KnownException[], checks: readonly Check[]): ExceptionPlan => {
  const byKey = new Map(known.map((exception) => [exception.findingKey, exception]));
  const findings = checks.flatMap((check) => check.findings.map((finding) => ({ ...finding, check: check.check })));
  const keys = new Set(findings.map((finding) => finding.key));
  return {
    added: findings.filter((finding) => !byKey.has(finding.key)),
    foundAgain: findings.flatMap((finding): FoundAgain[] => {
      const before = byKey.get(finding.key);
      if (!before) return [];
      const hasChanged = before.description !== finding.description;
      const isReopened = before.status === "resolved" || (before.status === "accepted" && hasChanged);
      return [{ exceptionId: before.exceptionId, finding, isReopened }];
    }),
    gone: known
      .filter((exception) => exception.status !== "resolved" && !keys.has(exception.findingKey))
      .map((exception) => exception.exceptionId),
  };
};

/** Throws a precondition Problem where an exception cannot be closed any more. */
export const checkClosable = (exception: {
  readonly exceptionId: ExceptionId;
  readonly status: ExceptionStatus;
}): void => {
  if (exception.status === "resolved")
    throw precondition(
      `exception ${exception.exceptionId} is resolved already; it opens again when it is found again.`,
    );
};
