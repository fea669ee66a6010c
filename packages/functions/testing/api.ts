import { createUser, issueToken } from "@commops/core/tenants";
import { systemActor } from "@commops/core/record";
import type { Role } from "@commops/core/record";
import { callAs, type TestWorld, testWorld } from "@commops/core/testing/world.ts";
import { createApi } from "../src/api/api.ts";
import { entriesOf, type RouteTable } from "../src/api/route.ts";
import { allRoutes } from "../src/api/routes/index.ts";
import type { ApiSettings, LogEntry } from "../src/api/runtime.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON object; nested members are compared whole, so only texts are named here. */
  readonly body: Readonly<Record<string, string>>;
}

export interface TestApi {
  readonly world: TestWorld;
  readonly log: LogEntry[];
  /** Sends `POST /path` below /api/v1 (or any path that begins with `//`). */
  send(
    route: string,
    /** The body is text, JSON, or a stream that is sent piece by piece. */
    options?: { token?: string | undefined; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  /** A bearer token for a role. */
  token(role: Role, of?: { tenant?: string; user?: string }): Promise<string>;
  addUser(name: string, role: Role, password: string): Promise<void>;
  /** Waits for the work that goes on after answers. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Holds every good answer to the shape that its route describes. */
const answerCheck = (table: RouteTable) => {
  const described = entriesOf(table).map(({ method, path, route }) => {
    const source = path.replaceAll(/\{[a-z_]+\}/g, "[^/:]+");
    return { method, pattern: new RegExp(`^${source}$`), answer: route.answer };
  });
  return (route: string, status: number, body: unknown): void => {
    const [method, path = ""] = (route.split("?")[0] ?? "").split(" ");
    const found = described
      .filter((entry) => entry.method === method && entry.pattern.test(path))
      .toSorted((a, b) => Number(a.pattern.source.includes("[^")) - Number(b.pattern.source.includes("[^")))[0];
    if (status >= 200 && status < 300) found?.answer?.parse(body);
  };
};

const SETTINGS: ApiSettings = {
  version: "0.0.0-test",
  rateLimit: 100_000,
  isSecureCookie: false,
  oidc: undefined,
  uploadFolder: undefined,
  mayReadLocalPaths: true,
  dashboardFolder: undefined,
};

const admin = systemActor("test");

const peopleOf = (world: TestWorld): Pick<TestApi, "token" | "addUser"> => ({
  token: async (role, { tenant, user } = {}) => {
    const input = {
      role,
      ...(tenant === undefined ? {} : { tenant_id: tenant }),
      ...(user === undefined ? {} : { user_name: user }),
    };
    return (await issueToken.run(callAs(world, admin), input)).token;
  },
  addUser: async (name, role, password) => {
    await createUser.run(callAs(world, admin), {
      user_name: name,
      email: name.includes("@") ? name : `${name}@example.com`,
      role,
      password,
    });
  },
});

/** The API over an embedded world of its own. */
export const testApi = async (
  settings: Partial<ApiSettings> = {},
  table: RouteTable = allRoutes,
  ports: Partial<Pick<TestWorld, "workflows">> = {},
): Promise<TestApi> => {
  const world = { ...(await testWorld()), ...ports };
  const log: LogEntry[] = [];
  const running = new Set<Promise<void>>();
  const api = createApi(
    {
      world,
      settings: { ...SETTINGS, ...settings },
      hooks: {
        log: (entry) => void log.push(entry),
        addressOf: (request) => request.headers.get("x-test-address") ?? "test",
        curFreshnessDays: () => world.database.transaction("operator", async () => null),
        background: (work) => void running.add(work),
      },
    },
    table,
  );
  const checkAnswer = answerCheck(table);
  return {
    world,
    log,
    send: async (route, { token, body, headers = {} } = {}) => {
      const [method = "GET", path = "/"] = route.split(" ");
      const response = await api.request(path.startsWith("//") ? path.slice(1) : `/api/v1${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body instanceof ReadableStream ? { body, duplex: "half" } : {}),
        ...(body === undefined || body instanceof ReadableStream
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
      const answered = isJson ? (JSON.parse(text) as Answer["body"]) : { text };
      checkAnswer(route, response.status, answered);
      return { status: response.status, headers: response.headers, body: answered };
    },
    ...peopleOf(world),
    settled: async () => void (await Promise.all(running)),
    close: () => world.close(),
  };
};
