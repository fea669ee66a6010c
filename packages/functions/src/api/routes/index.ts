import { auditRoutes } from "./audit.ts";
import { peopleRoutes } from "./people.ts";

/** Every route of the API that runs a use case. The router, the API description and the permission test read this list. */
export const allRoutes = {
  ...auditRoutes,
  ...peopleRoutes,
};

export type AllRoutes = typeof allRoutes;
