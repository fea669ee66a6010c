export * from "./approval.ts";
export {
  type ApprovalAsked,
  type ApprovalSubject,
  decideApproval,
  latestApproval,
  readApproval,
  requestApproval,
  supersedeApproval,
} from "./approvals.store.ts";
export * from "./list-approvals.action.ts";
