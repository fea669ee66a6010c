import { changeUser, listUsers } from "@commops/core/tenants";
import { actorOf, callAs } from "@commops/core/testing/world.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestApi, testApi } from "../../testing/api.ts";
import { type IdentityProvider, identityProvider, type TestPerson } from "../../testing/identity-provider.ts";

let idp: IdentityProvider;
let api: TestApi;
beforeAll(async () => {
  idp = await identityProvider();
  api = await testApi({ oidc: idp.settings });
});
afterAll(async () => {
  await api.close();
  await idp.close();
});

const cookiesOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

/** Follows the provider's redirects as a browser would, until it sends the person back. */
const walk = async (start: string): Promise<URL> => {
  let [url, cookies] = [new URL(start), ""];
  while (url.pathname !== "/auth/callback") {
    const response = await fetch(url, { redirect: "manual", headers: { cookie: cookies } });
    cookies = [cookies, cookiesOf(response.headers)].filter(Boolean).join("; ");
    const next = response.headers.get("location");
    if (next === null) throw new Error(`${url.pathname}: ${response.status} ${await response.text()}`);
    url = new URL(next, url);
  }
  return url;
};

const begin = async (returnTo = "/") => {
  const login = await api.send(`GET //auth/login?return_to=${encodeURIComponent(returnTo)}`);
  return { url: login.headers.get("location") ?? "", cookie: cookiesOf(login.headers), login };
};

const signIn = async (person: TestPerson, returnTo?: string) => {
  idp.person = person;
  const { url, cookie } = await begin(returnTo);
  const { search } = await walk(url);
  const answer = await api.send(`GET //auth/callback${search}`, { headers: { cookie } });
  return { ...answer, session: cookiesOf(answer.headers), search, cookie };
};

const ADA = { sub: "ada", email: "ada@example.com", email_verified: true, commops_role: "approver" };

test("a person whom the provider gives a role is signed in, and sent back where they were", async () => {
  const { status, headers, session } = await signIn(ADA, "/invoices?status=draft");
  expect({ status, location: headers.get("location") }).toEqual({ status: 303, location: "/invoices?status=draft" });
  expect((await api.send("GET /session", { headers: { cookie: session } })).body).toMatchObject({
    user_name: "ada@example.com",
    role: "approver",
    is_person: true,
  });
});

test("the same person is the same account the next time", async () => {
  await signIn(ADA);
  const { users } = await listUsers.run(callAs(api.world, actorOf("admin")), {});
  expect(users.filter((user) => user.user_name === "ada@example.com")).toHaveLength(1);
});

test("nobody gets in uninvited: without a role and without an account", async () => {
  const { status, session } = await signIn({ sub: "eve", email: "eve@example.com", email_verified: true });
  expect(status).toBe(403);
  expect(session).not.toContain("commops_session");
});

test("an account made by an administrator is found by its verified mail address only", async () => {
  await api.addUser("bob@example.com", "auditor", "no longer of use");
  const bob = { sub: "bob", email: "bob@example.com" };
  expect((await signIn({ ...bob, sub: "impostor", email_verified: false })).status).toBe(403);
  expect((await signIn({ ...bob, email_verified: true })).status).toBe(303);
  expect((await signIn({ ...bob, sub: "second", email_verified: true })).status).toBe(403);
});

test("a deactivated person does not get in", async () => {
  const { users } = await listUsers.run(callAs(api.world, actorOf("admin")), {});
  const ada = users.find((user) => user.user_name === "ada@example.com");
  await changeUser.run(callAs(api.world, actorOf("admin")), { user_id: ada?.user_id ?? "", is_active: false });
  expect((await signIn(ADA)).status).toBe(403);
});

test("an answer is taken once, and only by the browser that began", async () => {
  const { search, cookie } = await signIn({ ...ADA, sub: "carl", email: "carl@example.com" });
  expect((await api.send(`GET //auth/callback${search}`, { headers: { cookie } })).status).toBe(401);
  expect((await api.send(`GET //auth/callback${search}`)).status).toBe(400);
  const other = await begin();
  expect((await api.send(`GET //auth/callback${search}`, { headers: { cookie: other.cookie } })).status).toBe(401);
});

test.each(["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])(
  "after sign-in nobody is sent to %s",
  async (target) => {
    const { headers } = await signIn({ ...ADA, sub: "carl", email: "carl@example.com" }, target);
    expect(headers.get("location")).toBe("/");
  },
);

test("with an identity provider there is no sign-in by password", async () => {
  await api.addUser("local", "admin", "correct horse battery");
  const answer = await api.send("POST /session", { body: { user_name: "local", password: "correct horse battery" } });
  expect(answer.status).toBe(401);
});
