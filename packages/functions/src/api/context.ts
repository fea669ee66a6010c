import type { Identity } from "@commops/core/tenants";
import type { Context, Hono } from "hono";

/** What the shell knows of a request while it runs. */
export interface ApiEnv {
  Variables: {
    traceId: string;
    /** Who calls, once that was looked up. */
    identity: Identity | undefined;
  };
}

export type ApiContext = Context<ApiEnv>;
export type Api = Hono<ApiEnv>;
