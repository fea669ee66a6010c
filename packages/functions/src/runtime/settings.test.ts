import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("an empty environment is a whole one-machine setup", () => {
  expect(readSettings({})).toMatchObject({
    port: 3000,
    seed: "demo",
    rateLimit: 600,
    databaseUrl: undefined,
    oidc: undefined,
  });
});

test("every wrong setting is named at once, with what it is for", () => {
  const wrong = { PORT: "lots", DATABASE_URL: "mysql://x", COMMOPS_SEED: "maybe", SMTP_URL: "nonsense" };
  expect(() => readSettings(wrong)).toThrow(
    /PORT[\s\S]*DATABASE_URL[\s\S]*Postgres[\s\S]*COMMOPS_SEED[\s\S]*SMTP_URL[\s\S]*mail server/,
  );
});

test("an identity provider without a client id is refused", () => {
  expect(() => readSettings({ OIDC_ISSUER: "https://id.example" })).toThrow(/OIDC_CLIENT_ID/);
});
