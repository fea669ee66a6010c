import { expect, test } from "vitest";
import { numberAfter, pageOf, pageRequest } from "./index.ts";

const token = (text: string): string => Buffer.from(text).toString("base64url");

test("the token of a page leads to the rows after it", () => {
  const page = pageOf([41, 42, 43], pageRequest(2, undefined), String);
  expect(page.rows).toEqual([41, 42]);
  const next = pageRequest(2, page.nextToken);
  expect([next.after, numberAfter(next)]).toEqual(["42", 42n]);
  expect(numberAfter(pageRequest(2, undefined))).toBeUndefined();
});

test.each(["k:", "k:abc", "k:-1", "k:1e5", "k:0x10", "k: 1", "k:1.5", `k:${"9".repeat(23)}`])(
  "a forged token %j of a list by number is the caller's fault",
  (text) => {
    expect(() => numberAfter(pageRequest(2, token(text)))).toThrow(/page_token/);
  },
);

test("a token that no list made is the caller's fault", () => {
  expect(() => pageRequest(2, token("42"))).toThrow(/page_token/);
});
