import { z } from "zod";
import { type ApprovalId, forbidden, pageInput, pageOf, pageRequest } from "../kernel/index.ts";
import { type ViewDoor, view } from "../record/index.ts";
import { type Approval, APPROVAL_KINDS, APPROVAL_STATES } from "./approval.ts";
import { readApproval, selectApprovals } from "./approvals.store.ts";

const shown = (approval: Approval) => ({
  approval_id: approval.approvalId,
  kind: approval.kind,
  subject_id: approval.subjectId,
  tenant_id: approval.tenantId,
  digest: approval.subjectDigest,
  state: approval.state,
  prepared_by: approval.preparedBy,
  requested_by: approval.requestedBy,
  requested_at: approval.requestedAt.toISOString(),
  expires_at: approval.expiresAt.toISOString(),
  decided_by: approval.decidedBy,
  decided_at: approval.decidedAt?.toISOString() ?? null,
  reason: approval.reason,
  summary: approval.summary,
});

const operatorsOnly = (door: ViewDoor): void => {
  if (door.actor.tenantId !== undefined)
    throw forbidden("approvals are the operator's own work: a tenant's token does not reach them.");
};

/** The inbox of decisions, newest first. */
export const listApprovals = view(
  "approvals.list",
  {
    needs: "billing:read",
    input: z.object({
      state: z.enum(APPROVAL_STATES).optional(),
      kind: z.enum(APPROVAL_KINDS).optional(),
      ...pageInput,
    }),
  },
  async (door, input) => {
    operatorsOnly(door);
    const request = pageRequest(input.page_size, input.page_token);
    const rows = await door.load((tx) =>
      selectApprovals(tx, { state: input.state, kind: input.kind, after: request.after, limit: request.size + 1 }),
    );
    const page = pageOf(rows, request, (row) => row.approvalId);
    return { approvals: page.rows.map(shown), next_page_token: page.nextToken ?? null };
  },
);

/** One request; its kind and subject say which room decides it. */
export const getApproval = view(
  "approvals.get",
  { needs: "billing:read", input: z.object({ approval_id: z.templateLiteral(["APR-", z.string().min(1)]) }) },
  async (door, input) => {
    operatorsOnly(door);
    return shown(await door.load((tx) => readApproval(tx, input.approval_id satisfies ApprovalId)));
  },
);
