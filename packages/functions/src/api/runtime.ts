import type { World } from "@commops/core/record";

/** Sign-in by an identity provider (OpenID Connect). */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** Where the provider sends people back to: the product's own `/auth/callback`. */
  readonly redirectUri: string;
  /** The claim that names a role; people without it need an account made by an administrator. */
  readonly roleClaim: string;
  /** Only for a provider on the loopback interface: plain HTTP is allowed. */
  readonly isLoopback: boolean;
}

export interface ApiSettings {
  readonly version: string;
  /** Requests a minute, per token, session or address. */
  readonly rateLimit: number;
  /** Cookies are sent over TLS only. */
  readonly isSecureCookie: boolean;
  readonly oidc: OidcSettings | undefined;
  /** A folder for uploads on their way in; absent where uploads go to object storage directly. */
  readonly uploadFolder: string | undefined;
  /** Whether `{path}` may name a file of this machine. */
  readonly mayReadLocalPaths: boolean;
  /** Where callers reach this server, for links; the address they used unless set. */
  readonly publicUrl?: string | undefined;
  /** Signs links to files; where it is absent, links end with the process. */
  readonly linkSecret?: string | undefined;
  /** The built dashboard; absent where something else serves it. */
  readonly dashboardFolder: string | undefined;
}

/** One line of the log, a request. */
export interface LogEntry {
  readonly level: "info" | "error";
  readonly message: string;
  readonly trace_id: string;
  readonly [field: string]: string | number | undefined;
}

export interface ApiHooks {
  log(entry: LogEntry): void;
  /** The caller's network address, for limits on callers without a token. */
  addressOf(request: Request, env: unknown): string;
  /** Days since the newest AWS cost data; nothing where there is none. Throws when the database does not answer. */
  curFreshnessDays(): Promise<number | null | undefined>;
  /** Work that goes on after the answer; the process waits for it before it ends. */
  background(work: Promise<void>): void;
}

/** What the API is made of. It chooses no adapter: whoever starts it does. */
export interface ApiRuntime {
  readonly world: World;
  readonly settings: ApiSettings;
  readonly hooks: ApiHooks;
}
