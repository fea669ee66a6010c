import { Problem } from "@commops/core/kernel";
import { expect, test } from "vitest";
import { readAwsSettings } from "./aws-settings.ts";

const ARN = "arn:aws:states:eu-central-1:000000000000:stateMachine:commercial-ops-dev-invoicing";
const SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL";

const whole = {
  DATABASE_URL: "postgres://login:pw@proxy.example:5432/commops?sslmode=verify-full",
  COMMOPS_FILES_BUCKET: "commercial-ops-dev-files",
  COMMOPS_MACHINES: JSON.stringify({ invoicing: ARN }),
  COMMOPS_ATHENA_WORKGROUP: "commercial-ops-dev-lake",
  COMMOPS_GLUE_DATABASE: "commercial_ops_dev_lake",
  COMMOPS_MAIL_SENDER: "example.com",
  COMMOPS_LINK_SECRET: SECRET,
  COMMOPS_TOKEN_SECRET: SECRET,
  OIDC_ISSUER: "https://id.example",
  OIDC_CLIENT_ID: "commops",
  PUBLIC_URL: "https://ops.example/anywhere",
};

const faultsOf = (env: Record<string, string>): string => {
  try {
    readAwsSettings(env);
  } catch (error) {
    if (error instanceof Problem) return `${error.message} ${JSON.stringify(error.details)}`;
    throw error;
  }
  throw new Error("nothing was wrong");
};

test("what the stack sets is read whole: a sending domain gets an address, people come back to where they signed in", () => {
  expect(readAwsSettings(whole)).toMatchObject({
    machines: { invoicing: ARN },
    mail: { sender: "billing@example.com", configurationSet: undefined },
    isSecureCookie: true,
    oidc: { redirectUri: "https://ops.example/auth/callback", isLoopback: false },
  });
});

test("an empty environment names every setting that is needed, with what it is for", () => {
  const faults = faultsOf({});
  const needed = Object.keys(whole).filter((name) => !name.startsWith("OIDC"));
  for (const name of needed) expect(faults).toMatch(new RegExp(`${name} is missing \\(.+\\)`));
});

test("every wrong setting is named at once, and none is shown", () => {
  const faults = faultsOf({
    ...whole,
    DATABASE_URL: "mysql://user:hunter2@db",
    COMMOPS_MACHINES: JSON.stringify({ invoicing: "invoicing" }),
    COMMOPS_LINK_SECRET: "hunter2",
    OIDC_ISSUER: "http://id.example",
  });
  for (const name of ["DATABASE_URL", "COMMOPS_MACHINES.invoicing", "COMMOPS_LINK_SECRET", "OIDC_ISSUER"])
    expect(faults).toContain(name);
  expect(faults).not.toContain("hunter2");
});

test("machines that are no JSON are named", () => {
  expect(faultsOf({ ...whole, COMMOPS_MACHINES: "{" })).toContain("COMMOPS_MACHINES is no JSON");
});

test("an identity provider without a client id is refused", () => {
  expect(faultsOf({ ...whole, OIDC_CLIENT_ID: "" })).toContain("OIDC_CLIENT_ID");
});
