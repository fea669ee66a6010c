import { homedir } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import type { OidcSettings } from "../api/runtime.ts";
import { readEnvironment, urlOf, type Variables } from "./environment.ts";

/** Everything that the environment decides, read once and checked at start. */
export interface Settings {
  readonly port: number;
  /** The address to listen on; this machine only unless it says otherwise. */
  readonly host: string;
  readonly dataDir: string;
  /** A real Postgres instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly seed: "demo" | "none";
  readonly rateLimit: number;
  /** Who is asked what AWS will charge; AWS takes its credentials from where its SDK finds them. */
  readonly costForecast: "none" | "aws";
  readonly smtpUrl: string | undefined;
  /** Folders and `s3://bucket/prefix` where cost deliveries arrive. */
  readonly costSources: readonly string[];
  readonly oidc: OidcSettings | undefined;
  readonly isSecureCookie: boolean;
  /** Where people reach this server, for links in mails. */
  readonly publicUrl: string;
  /** The same where the environment says it: a proxy may stand before this server that only it knows of. */
  readonly givenUrl: string | undefined;
  /** Encrypts what is secret at rest; the data folder's own key where it is left out. */
  readonly secretKey: Uint8Array | undefined;
  /** Variables that look like settings of the product, but are none: most likely misspelt. */
  readonly unread: readonly string[];
}

const wholeNumber = (message: string, min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number(message).int(message).min(min, message).max(max, message);

const environment = z.object({
  PORT: wholeNumber("is not a port, a whole number from 0 to 65535", 0, 65_535).default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  DATA_DIR: z.string().min(1).default(".data"),
  DATABASE_URL: urlOf(["postgres:", "postgresql:"], "a Postgres server to use instead of the embedded one").optional(),
  COMMOPS_SEED: z
    .enum(["demo", "none"], { message: "is demo or none (start with or without demonstration data)" })
    .default("demo"),
  COMMOPS_RATE_LIMIT: wholeNumber("is not a whole number of requests a minute, from 1", 1).default(600),
  COMMOPS_COST_FORECAST: z
    .enum(["none", "aws"], { message: "is none or aws (whether AWS Cost Explorer is asked for its forecast)" })
    .default("none"),
  SMTP_URL: urlOf(["smtp:", "smtps:"], "a mail server to use instead of the local outbox").optional(),
  COST_SOURCES: z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== ""),
    )
    .refine(
      (parts) =>
        parts.every((part) => !part.includes("://") || /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/|$)/.test(part)),
      {
        message:
          "is not a list of folders and s3://bucket/prefix, with commas between (where AWS cost deliveries arrive)",
      },
    )
    .default([]),
  OIDC_ISSUER: urlOf(["http:", "https:"], "the identity provider that signs people in").optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_REDIRECT_URI: urlOf(["http:", "https:"], "where the identity provider sends people back to").optional(),
  OIDC_ROLE_CLAIM: z.string().default("commops_role"),
  PUBLIC_URL: urlOf(["http:", "https:"], "where people reach this server, for links in mails").optional(),
  COMMOPS_SECRET_KEY: z
    .base64("is not base64 (32 random bytes that encrypt what is secret at rest)")
    .transform((text) => new Uint8Array(Buffer.from(text, "base64")))
    .refine((key) => key.length === 32, "is not 32 bytes long")
    .optional(),
  COMMOPS_SECURE_COOKIE: z.enum(["true", "false"]).default("false"),
});

type Environment = z.output<typeof environment>;

const oidcOf = (env: Environment, faults: string[]): OidcSettings | undefined => {
  if (env.OIDC_ISSUER === undefined) return undefined;
  if (env.OIDC_CLIENT_ID === undefined)
    faults.push("OIDC_CLIENT_ID is missing: the identity provider knows the product by it");
  const issuer = new URL(env.OIDC_ISSUER);
  return {
    issuer: env.OIDC_ISSUER,
    clientId: env.OIDC_CLIENT_ID ?? "",
    clientSecret: env.OIDC_CLIENT_SECRET,
    redirectUri: env.OIDC_REDIRECT_URI ?? `http://localhost:${env.PORT}/auth/callback`,
    roleClaim: env.OIDC_ROLE_CLAIM,
    isLoopback: ["localhost", "127.0.0.1", "[::1]"].includes(issuer.hostname),
  };
};

/** Reads the environment. Throws one invalid Problem that names every wrong setting and what it is for. */
export const readSettings = (env: Variables): Settings => {
  const { found, more: oidc } = readEnvironment(environment, env, oidcOf);
  return {
    port: found.PORT,
    host: found.HOST,
    dataDir: resolve(found.DATA_DIR.replace(/^~(?=\/|$)/, homedir())),
    databaseUrl: found.DATABASE_URL,
    seed: found.COMMOPS_SEED,
    rateLimit: found.COMMOPS_RATE_LIMIT,
    costForecast: found.COMMOPS_COST_FORECAST,
    smtpUrl: found.SMTP_URL,
    costSources: found.COST_SOURCES,
    oidc,
    isSecureCookie: found.COMMOPS_SECURE_COOKIE === "true",
    publicUrl: found.PUBLIC_URL ?? `http://localhost:${found.PORT}`,
    givenUrl: found.PUBLIC_URL,
    secretKey: found.COMMOPS_SECRET_KEY,
    unread: Object.keys(env)
      .filter((name) => name.startsWith("COMMOPS_") && !Object.hasOwn(environment.shape, name))
      .toSorted(),
  };
};
