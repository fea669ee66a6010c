import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useAnswer, useChange } from "../answers.tsx";
import { approvalIdOf, invoiceIdOf } from "../ids.ts";
import { may, useSession } from "../session/session.ts";
import { readRequest, type Request } from "./request.ts";

const route = getRouteApi("/approvals");

/** The requests of the filter, and which one is looked at. */
export const useInbox = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useAnswer("GET /approvals", {
    page_size: 200,
    state: search.state ?? "pending",
    ...(search.kind === undefined ? {} : { kind: search.kind }),
  });
  const requests: readonly Request[] = (query.data?.approvals ?? []).map(readRequest);
  const found = requests.findIndex((one) => one.approval.approval_id === search.selected);
  const place = Math.max(found, 0);
  const select = (id: string | undefined): void => {
    navigate({ search: (before) => ({ ...before, selected: id }), replace: true }).catch(() => undefined);
  };
  const step = (by: number): void => {
    const next = requests[Math.min(Math.max(place + by, 0), requests.length - 1)];
    if (next) select(next.approval.approval_id);
  };
  return { query, requests, current: requests[place], select, step };
};

/** Deciding: one by one, or many at once. */
export const useDecisions = () => {
  const session = useSession();
  const approve = useChange("POST /approvals/{approval_id}:approve");
  const reject = useChange("POST /approvals/{approval_id}:reject");
  const approveMany = useChange("POST /invoices:approve");
  return {
    mayDecide: may(session, "billing:approve"),
    approve: (request: Request): void => {
      const { approval_id: id, digest } = request.approval;
      approve.mutate({ approval_id: approvalIdOf(id), digest });
    },
    reject: (request: Request, reason: string): void =>
      reject.mutate({ approval_id: approvalIdOf(request.approval.approval_id), reason }),
    approveMany: (requests: readonly Request[]): void =>
      approveMany.mutate({
        items: requests.map(({ approval }) => ({
          invoice_id: invoiceIdOf(approval.subject_id),
          digest: approval.digest,
        })),
      }),
    approving: approve,
    rejecting: reject,
    approvingMany: approveMany,
  };
};

export type Decisions = ReturnType<typeof useDecisions>;

/** Which requests are ticked for a decision in bulk. */
export const useTicks = (requests: readonly Request[]) => {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const ticked = requests.filter((one) => ids.has(one.approval.approval_id));
  const toggle = (id: string): void =>
    setIds(ids.has(id) ? new Set([...ids].filter((one) => one !== id)) : new Set([...ids, id]));
  return { ids, ticked, toggle, set: (next: readonly string[]) => setIds(new Set(next)) };
};
