import { expect, test } from "vitest";
import { issueLocalToken, revokeLocalToken } from "@commops/core/tenants";
import { systemActor } from "@commops/core/record";
import { callAs } from "@commops/core/testing/world.ts";
import { testApi } from "../../testing/api.ts";

const PROVIDER = {
  issuer: "https://id.example",
  clientId: "commops",
  clientSecret: undefined,
  redirectUri: "http://localhost:3000/auth/callback",
  roleClaim: "commops_role",
  isLoopback: false,
};

test("a token that an administrator makes opens what its role may, and stands in no list", async () => {
  const api = await testApi();
  try {
    const admin = await api.token("admin");
    const made = await api.send("POST /tokens", { token: admin, body: { role: "auditor", user_name: "audrey" } });
    expect(made).toMatchObject({ status: 201, body: { token: expect.stringMatching(/^cop_/), role: "auditor" } });
    const token = made.body["token"];
    expect((await api.send("GET /audit", { token })).status).toBe(200);
    expect((await api.send("POST /tokens", { token, body: { role: "admin" } })).status).toBe(403);
    const events = await api.send("GET /audit", { token });
    expect(JSON.stringify(events.body)).not.toContain(token ?? "cop_");
  } finally {
    await api.close();
  }
});

test("where an identity provider signs people in it alone gives out access", async () => {
  const api = await testApi({ oidc: PROVIDER });
  try {
    const refused = await api.send("POST /tokens", { token: await api.token("admin"), body: { role: "auditor" } });
    expect(refused).toMatchObject({
      status: 409,
      body: { error: { code: "FAILED_PRECONDITION", message: expect.stringContaining("identity provider") } },
    });
  } finally {
    await api.close();
  }
});

test("the command line's token is one at a time: a start takes the former away, a stop the last", async () => {
  const api = await testApi();
  try {
    const call = callAs(api.world, systemActor("start"));
    const status = async (token: string) => (await api.send("GET /users", { token })).status;
    const first = (await issueLocalToken.run(call, {})).token;
    expect(await status(first)).toBe(200);
    const second = (await issueLocalToken.run(call, {})).token;
    expect([await status(first), await status(second)]).toEqual([401, 200]);
    await revokeLocalToken.run(call, {});
    expect(await status(second)).toBe(401);
  } finally {
    await api.close();
  }
});
