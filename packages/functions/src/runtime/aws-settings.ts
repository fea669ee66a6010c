import { z } from "zod";
import type { OidcSettings } from "../api/runtime.ts";
import { readEnvironment, urlOf } from "./environment.ts";

/** What the stack tells a function by its environment, read once a container. */
export interface AwsSettings {
  readonly databaseUrl: string;
  readonly filesBucket: string;
  /** Where AWS delivers cost data; undefined where nothing is watched. */
  /** ARNs of the state machines, by their names in core/workflows. */
  readonly machines: Readonly<Record<string, string>>;
  readonly athena: { readonly workGroup: string; readonly database: string };
  readonly mail: { readonly sender: string; readonly configurationSet: string | undefined };
  readonly linkSecret: string;
  /** Encrypts task tokens at rest. */
  readonly tokenSecret: string;
  readonly rateLimit: number;
  readonly isSecureCookie: boolean;
  readonly oidc: OidcSettings | undefined;
  /** Where people reach the product, for links in mails and for coming back from the identity provider. */
  readonly publicUrl: string;
}

const ARN = /^arn:aws[\w-]*:states:[\w-]+:\d{12}:stateMachine:[\w-]+$/;

const machines = z
  .string("is missing (the ARNs of the state machines, as a JSON object by name)")
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: "custom", message: "is no JSON (the ARNs of the state machines by name)" });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.string().regex(ARN, "holds what is no ARN of a state machine")));

const secret = (what: string) => z.string(`is missing (${what})`).min(32, `is shorter than 32 characters (${what})`);

const environment = z.object({
  DATABASE_URL: urlOf(["postgres:", "postgresql:"], "the database, through its proxy, as the login that owns nothing"),
  COMMOPS_FILES_BUCKET: z.string("is missing (the bucket of the product's files)").min(3),
  COMMOPS_MACHINES: machines,
  COMMOPS_ATHENA_WORKGROUP: z.string("is missing (where Athena queries cost lines)"),
  COMMOPS_GLUE_DATABASE: z.string("is missing (the catalogue of the cost lines)"),
  COMMOPS_MAIL_SENDER: z.string("is missing (the address or the domain that mail is sent from)").min(3),
  COMMOPS_MAIL_CONFIGURATION_SET: z.string().optional(),
  COMMOPS_LINK_SECRET: secret("signs links to files"),
  COMMOPS_TOKEN_SECRET: secret("encrypts task tokens at rest"),
  COMMOPS_RATE_LIMIT: z.coerce.number().int("is not a whole number of requests a minute").min(1).default(600),
  COMMOPS_SECURE_COOKIE: z.enum(["true", "false"]).default("true"),
  OIDC_ISSUER: urlOf(["https:"], "the identity provider that signs people in").optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_REDIRECT_URI: urlOf(["https:"], "where the identity provider sends people back to").optional(),
  OIDC_ROLE_CLAIM: z.string().default("commops_role"),
  PUBLIC_URL: urlOf(["https:"], "where people reach the product"),
});

type Environment = z.output<typeof environment>;

const oidcOf = (env: Environment, faults: string[]): OidcSettings | undefined => {
  if (env.OIDC_ISSUER === undefined) return undefined;
  if (env.OIDC_CLIENT_ID === undefined)
    faults.push("OIDC_CLIENT_ID is missing: the identity provider knows the product by it");
  return {
    issuer: env.OIDC_ISSUER,
    clientId: env.OIDC_CLIENT_ID ?? "",
    clientSecret: env.OIDC_CLIENT_SECRET,
    redirectUri: env.OIDC_REDIRECT_URI ?? `${new URL(env.PUBLIC_URL).origin}/auth/callback`,
    roleClaim: env.OIDC_ROLE_CLAIM,
    isLoopback: false,
  };
};

/** Where the sender is a domain, mail comes from its billing address. */
const senderOf = (text: string): string => (text.includes("@") ? text : `billing@${text}`);

/** Reads a function's environment. Throws one invalid Problem that names every wrong setting and what it is for, and shows no value. */
export const readAwsSettings = (env: Readonly<Record<string, string | undefined>>): AwsSettings => {
  const { found, more: oidc } = readEnvironment(environment, env, oidcOf);
  return {
    databaseUrl: found.DATABASE_URL,
    filesBucket: found.COMMOPS_FILES_BUCKET,
    machines: found.COMMOPS_MACHINES,
    athena: { workGroup: found.COMMOPS_ATHENA_WORKGROUP, database: found.COMMOPS_GLUE_DATABASE },
    mail: {
      sender: senderOf(found.COMMOPS_MAIL_SENDER),
      configurationSet: found.COMMOPS_MAIL_CONFIGURATION_SET,
    },
    linkSecret: found.COMMOPS_LINK_SECRET,
    tokenSecret: found.COMMOPS_TOKEN_SECRET,
    rateLimit: found.COMMOPS_RATE_LIMIT,
    isSecureCookie: found.COMMOPS_SECURE_COOKIE === "true",
    oidc,
    publicUrl: new URL(found.PUBLIC_URL).origin,
  };
};
