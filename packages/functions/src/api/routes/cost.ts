import { importCur } from "@commops/core/cost";
import { on, routes } from "../route.ts";

export const costRoutes = routes({
  "POST /cost/deliveries": on(importCur, "Imports AWS cost data: files in a multipart body, or a path on one machine", {
    isWork: true,
    takesFiles: true,
  }),
});
