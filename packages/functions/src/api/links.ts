import { createHmac, randomBytes } from "node:crypto";
import { isTenantId, missing, Problem, type TenantId } from "@commops/core/kernel";
import type { Actor, UseCase } from "@commops/core/record";
import { sameSecret } from "@commops/core/tenants";
import { z } from "zod";
import type { Api, ApiContext } from "./context.ts";
import { entriesOf, type Route, type RouteTable } from "./route.ts";
import type { ApiRuntime } from "./runtime.ts";

const VALID_MINUTES = 10;

/** What a use case behind a download answers. */
const downloadable = z.object({ filename: z.string(), contentType: z.string(), content: z.instanceof(Uint8Array) });

const claims = z.object({
  /** Title of the use case that makes the content. */
  job: z.string(),
  input: z.unknown(),
  by: z.string(),
  tenant_id: z.string().refine(isTenantId).optional(),
  expires: z.number(),
});
type Claims = z.output<typeof claims>;

/** Links to content that work without a token, for ten minutes. */
export interface Links {
  /** A link to what the use case makes of the input, for whoever holds it. Throws what the use case throws. */
  make(
    c: ApiContext,
    route: Route,
    actor: Actor,
    input: unknown,
  ): { readonly url: string; readonly expires_at: string };
  /** What a link's token says. Throws a missing Problem when it was not made here or has expired. */
  read(token: string): Claims;
}

/** Links signed with HMAC-SHA-256. Without a kept secret they end with the process. */
export const signedLinks = (runtime: ApiRuntime): Links => {
  const secret = runtime.settings.linkSecret ?? randomBytes(32).toString("base64url");
  const signature = (payload: string): string => createHmac("sha256", secret).update(payload).digest("base64url");
  return {
    make: (c, route, actor, input) => {
      const expires = runtime.world.clock.now().getTime() + VALID_MINUTES * 60_000;
      const said = {
        job: route.useCase.title,
        input,
        by: actor.id,
        tenant_id: actor.tenantId,
        expires,
      } satisfies Claims;
      const payload = Buffer.from(JSON.stringify(said)).toString("base64url");
      const origin = (runtime.settings.publicUrl ?? new URL(c.req.url).origin).replace(/\/+$/, "");
      return {
        url: `${origin}/downloads/${payload}.${signature(payload)}`,
        expires_at: new Date(expires).toISOString(),
      };
    },
    read: (token) => {
      const [payload = "", given = ""] = token.split(".");
      const parsed = sameSecret(signature(payload), given)
        ? claims.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")))
        : undefined;
      if (parsed?.success !== true || parsed.data.expires <= runtime.world.clock.now().getTime())
        throw new Problem("missing", "NOT_FOUND", "this link is not valid (any more). Ask for a new one.");
      return parsed.data;
    },
  };
};

/** Whoever holds a link gets what its maker was shown, and nothing else. */
const holderOf = (useCase: UseCase<z.ZodType, unknown>, by: string, tenantId: TenantId | undefined): Actor => ({
  type: "system",
  id: `link of ${by}`,
  person: undefined,
  scopes: new Set(useCase.needs),
  tenantId,
});

/** `GET /downloads/{token}`: the content behind a signed link. */
export const mountDownloads = (api: Api, runtime: ApiRuntime, links: Links, table: RouteTable): void => {
  const jobs = new Map(
    entriesOf(table)
      .filter((entry) => entry.route.reply === "link")
      .map((entry) => [entry.route.useCase.title, entry.route.useCase]),
  );
  api.get("/downloads/:token", async (c) => {
    const { job, input, by, tenant_id: tenantId } = links.read(c.req.param("token"));
    const useCase = jobs.get(job);
    if (!useCase) throw missing("download", job);
    const actor = holderOf(useCase, by, tenantId);
    const made = await useCase.run({ world: runtime.world, actor, traceId: c.get("traceId") }, input);
    const { filename, contentType, content } = downloadable.parse(made);
    return c.body(Buffer.from(content), 200, {
      "content-type": contentType,
      "content-disposition": `attachment; filename="${filename.replaceAll(/[^A-Za-z0-9._-]/g, "_")}"`,
      "cache-control": "private, no-store",
    });
  });
};
