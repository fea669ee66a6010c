import { importCur } from "@commops/core/cost";
import { routes, work } from "../route.ts";

export const costRoutes = routes({
  "POST /cost/deliveries": work(
    importCur,
    "Imports AWS cost data: files in a multipart body, or a path on one machine",
    {
      takesFiles: true,
    },
  ),
});
