import { listAuditEvents, verifyAudit } from "@commops/core/record";
import { on, routes } from "../route.ts";
import { auditList, auditVerdict } from "../answers/records.ts";

export const auditRoutes = routes({
  "GET /audit": on(listAuditEvents, "Audit events, newest first", { answer: auditList }),
  "POST /audit:verify": on(verifyAudit, "Walks the hash chain over all audit events and says where it breaks first", {
    answer: auditVerdict,
  }),
});
