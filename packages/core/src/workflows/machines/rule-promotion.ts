import type { Definition } from "../language.ts";
import { ask, call, caught, expression, failing } from "../states.ts";

const MACHINE = "rule-promotion";
const DAY = 86_400;
const about = { promotion_id: expression("$promotion_id") };

/** A proposed allocation rule: checked, rehearsed over closed months, decided by a second person, put in force or not. */
export const rulePromotion: Definition = {
  Comment: "Rehearses a proposed rule and promotes it when it is approved",
  QueryLanguage: "JSONata",
  TimeoutSeconds: 60 * DAY,
  StartAt: "Begin",
  States: {
    Begin: {
      Type: "Pass",
      Assign: { promotion_id: expression("$states.input.promotion_id") },
      Next: "IsDecided",
    },
    IsDecided: {
      Type: "Choice",
      Comment: "A continuation starts from a decision whose own execution could not hear of it",
      Choices: [{ Condition: expression("$exists($states.input.approval_id)"), Next: "ReadDecision" }],
      Default: "Validate",
    },
    ReadDecision: call(
      "read-decision",
      { approval_id: expression("$states.input.approval_id") },
      {
        Assign: { reason: expression("$states.result.Payload.reason ? $states.result.Payload.reason : ''") },
        Next: "IsApproved",
      },
    ),
    Validate: call("validate-rule", about, { Next: "IsValid" }),
    IsValid: {
      Type: "Choice",
      Choices: [
        {
          Condition: expression("$states.input.is_valid"),
          Assign: { reason: expression("''") },
          Next: "Shadow",
        },
      ],
      Assign: { reason: expression("$join($states.input.reasons, '; ')") },
      Default: "Reject",
    },
    Shadow: call("shadow-rule", about, { Next: "IsWithinLimits" }),
    IsWithinLimits: {
      Type: "Choice",
      Choices: [
        {
          Condition: expression("$states.input.is_within_limits"),
          Next: "RequestApproval",
        },
      ],
      Assign: { reason: expression("$join($states.input.reasons, '; ')") },
      Default: "Reject",
    },
    RequestApproval: ask("request-rule-approval", about, {
      TimeoutSeconds: 14 * DAY,
      Assign: { reason: expression("$exists($states.result.reason) ? $states.result.reason : ''") },
      Catch: [
        {
          ErrorEquals: ["States.Timeout"],
          Assign: { reason: expression("'nobody decided in time'") },
          Next: "Reject",
        },
        caught,
      ],
      Next: "IsApproved",
    }),
    IsApproved: {
      Type: "Choice",
      Choices: [{ Condition: expression("$states.input.decision = 'approved'"), Next: "Promote" }],
      Default: "Reject",
    },
    Promote: call("promote-rule", about, { Next: "Promoted" }),
    Promoted: { Type: "Succeed", Output: { outcome: "promoted", promotion_id: expression("$promotion_id") } },
    Reject: call("reject-rule", { ...about, reason: expression("$reason") }, { Next: "IsRejected" }),
    IsRejected: {
      Type: "Choice",
      Comment: "A decision that was made at the last moment counts",
      Choices: [{ Condition: expression("$states.input.state = 'approved'"), Next: "Promote" }],
      Default: "Rejected",
    },
    Rejected: {
      Type: "Succeed",
      Output: { outcome: "rejected", promotion_id: expression("$promotion_id"), reason: expression("$reason") },
    },
    ...failing(MACHINE, "PromotionFailed"),
  },
};
