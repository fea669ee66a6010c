import { getLineage, listAuditEvents, verifyAudit } from "@commops/core/record";
import { on, routes } from "../route.ts";
import { auditList, auditVerdict } from "../answers/records.ts";

export const auditRoutes = routes({
  "GET /audit": on(listAuditEvents, "Audit events, newest first", { answer: auditList }),
  "GET /lineage/{dataset}": on(getLineage, "Where a dataset comes from, transformation by transformation, upstream"),
  "POST /audit:verify": on(verifyAudit, "Walks the hash chain over all audit events and says where it breaks first", {
    answer: auditVerdict,
  }),
});
