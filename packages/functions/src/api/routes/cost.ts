import { costLines, costPartitions, costQuality, costSummary, importCur } from "@commops/core/cost";
import { on, routes, work } from "../route.ts";

export const costRoutes = routes({
  "POST /cost/deliveries": work(
    importCur,
    "Imports AWS cost data: files in a multipart body, or a path on one machine",
    { takesFiles: true },
  ),
  "GET /cost/summary": on(costSummary, "Cost of a period, grouped"),
  "GET /cost/lines": on(costLines, "Cost down to the line of the delivered file"),
  "GET /cost/partitions": on(costPartitions, "Deliveries of every period with their findings and changes"),
  "GET /cost/quality": on(costQuality, "Tag coverage, identity and findings of a period"),
});
