import type { Session } from "../api.ts";
import { may, surfaceOf } from "../features/session/session.ts";

const PAGES = [
  { to: "/", name: "Overview", needs: "billing:read", surfaces: ["operator", "auditor"] },
  { to: "/approvals", name: "Approvals", needs: "billing:read", surfaces: ["operator", "auditor"] },
  { to: "/invoices", name: "Invoices", needs: "billing:read", surfaces: ["operator", "auditor"] },
  { to: "/payments", name: "Payments", needs: "billing:read", surfaces: ["operator", "auditor"] },
  { to: "/cost", name: "Cost", needs: "cost:read", surfaces: ["operator", "auditor"] },
  { to: "/reconciliation", name: "Reconciliation", needs: "recon:read", surfaces: ["operator", "auditor"] },
  { to: "/workflows", name: "Workflows", needs: "billing:read", surfaces: ["operator", "auditor"] },
  { to: "/audit", name: "Audit", needs: "audit:read", surfaces: ["operator", "auditor"] },
  { to: "/mail", name: "Mail outbox", needs: "billing:read", surfaces: ["operator"] },
  { to: "/my", name: "My usage and invoices", needs: "billing:read", surfaces: ["tenant"] },
] as const;

/** The pages that somebody's role opens, in the order of the corridor. */
export const pagesFor = (session: Session) => {
  const surface: string = surfaceOf(session);
  return PAGES.filter((page) => page.surfaces.some((one) => one === surface) && may(session, page.needs));
};
