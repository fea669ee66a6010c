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

test("a number that is none, or out of bounds, is said in words", () => {
  for (const PORT of ["lots", "70000", "1.5"])
    expect(() => readSettings({ PORT }), PORT).toThrow(/PORT is not a port, a whole number from 0 to 65535/);
  for (const COMMOPS_RATE_LIMIT of ["0", "many"])
    expect(() => readSettings({ COMMOPS_RATE_LIMIT })).toThrow(/is not a whole number of requests a minute, from 1/);
});

test("a variable that looks like a setting and is none is named", () => {
  const { unread } = readSettings({ COMMOPS_SEEDS: "none", COMMOPS_SEED: "none", COMMOPS_RATELIMIT: "5", HOME: "/" });
  expect(unread).toEqual(["COMMOPS_RATELIMIT", "COMMOPS_SEEDS"]);
});

test("an identity provider without a client id is refused", () => {
  expect(() => readSettings({ OIDC_ISSUER: "https://id.example" })).toThrow(/OIDC_CLIENT_ID/);
});
