import {
  acceptFinding,
  costCoverage,
  costFindings,
  costPartitions,
  costProjection,
  costPolicy,
  costQuality,
  costSources,
  costSummary,
  findingEvidence,
  importCur,
  setCostPolicy,
  watchCost,
} from "@commops/core/cost";
import { linesBehind } from "@commops/core/allocation";
import { on, routes, work } from "../route.ts";

export const costRoutes = routes({
  "POST /cost/deliveries": work(
    importCur,
    "Imports AWS cost data: files in a multipart body, or a path on one machine",
    { takesFiles: true },
  ),
  "GET /cost/sources": on(
    costSources,
    "Watched cost sources with the deliveries found in each and what became of them",
  ),
  "POST /cost/sources:discover": work(watchCost, "Looks at every watched cost source now and imports what is new"),
  "GET /cost/summary": on(costSummary, "Cost of a period, grouped"),
  "GET /cost/lines": on(
    linesBehind,
    "Cost down to the line of the delivered file, by filters or behind an allocated amount",
  ),
  "GET /cost/partitions": on(costPartitions, "Deliveries of every period with their findings and changes"),
  "GET /cost/projection": on(costProjection, "What a month comes to by its run rate, beside AWS's own forecast"),
  "GET /cost/quality": on(costQuality, "Tag coverage, identity, freshness and findings of a period"),
  "GET /cost/coverage": on(
    costCoverage,
    "Tag coverage of a period by cost and by line: whole, and by service, account or day",
  ),
  "GET /cost/findings": on(costFindings, "Findings of deliveries with advice, evidence query and acceptance"),
  "GET /cost/findings/{finding_id}/evidence": on(findingEvidence, "The lines that a finding rests on"),
  "POST /cost/findings/{finding_id}:accept": on(
    acceptFinding,
    "Accepts a finding with a reason; the last quarantine that is accepted lets its delivery in",
  ),
  "GET /cost/policy": on(costPolicy, "What every check of a delivery means, with the versions of the policy", {
    etag: (policy) => policy.version,
  }),
  "PUT /cost/policy": on(setCostPolicy, "Writes the next version of the cost policy", {
    etag: (policy) => policy.version,
  }),
});
