import { listAuditEvents, verifyAudit } from "@commops/core/record";
import { on, routes } from "../route.ts";

export const auditRoutes = routes({
  "GET /audit": on(listAuditEvents, "Audit events, newest first"),
  "POST /audit:verify": on(verifyAudit, "Walks the hash chain over all audit events and says where it breaks first"),
});
