export * from "./approval.ts";
export {
  type ApprovalAsked,
  type ApprovalSubject,
  decideApproval,
  expiredBefore,
  grantApproval,
  latestApproval,
  passOn,
  readApproval,
  requestApproval,
  supersedeApproval,
} from "./approvals.store.ts";
export * from "./answer-token.action.ts";
export * from "./approval-mail.action.ts";
export { APPROVAL_MAIL, announceTo } from "./approval-mail.store.ts";
export { ANSWER_TOPIC, endWaiting, findToken, keepToken } from "./tokens.store.ts";
export * from "./policy.ts";
export * from "./policy.action.ts";
export { readApprovalPolicy, type PolicyVersion } from "./policy.store.ts";
export * from "./list-approvals.action.ts";
