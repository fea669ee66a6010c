/** All routes of the API are below this path. */
export const BASE = "/api/v1";

const PRIVATE = `${BASE}/@`;
const WITH_VERB = /^(.+):([a-z][a-z-]*)$/;

/**
 * `/api/v1/invoices/X:approve` as the path that the router sees: `/api/v1/@approve/invoices/X`. A router reads `X:approve` as one
 * parameter and would run the wrong action. A request cannot name the private form itself.
 */
export const routedPath = (path: string): string => {
  if (!path.startsWith(`${BASE}/`)) return path;
  if (path.startsWith(PRIVATE)) return `${BASE}/%40${path.slice(PRIVATE.length)}`;
  const [, target, verb] = WITH_VERB.exec(path.slice(BASE.length + 1)) ?? [];
  return target === undefined || verb === undefined ? path : `${PRIVATE}${verb}/${target}`;
};

/** The router's pattern of an OpenAPI path: `/invoices/{invoice_id}:approve` is `/api/v1/@approve/invoices/:invoice_id`. */
export const routePattern = (path: `/${string}`): string =>
  routedPath(`${BASE}${path}`).replaceAll(/\{([a-z_]+)\}/g, ":$1");

/** Names of the parameters in an OpenAPI path, in order. */
export const pathParameters = (path: string): string[] =>
  [...path.matchAll(/\{([a-z_]+)\}/g)].map((match) => match[1] ?? "");
