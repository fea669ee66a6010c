import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, digestOf, type Json } from "./canonical.ts";

const plain = fc.jsonValue().map((value) => value as Json);

test("canonical JSON says the same as the value, whatever the order in which its members came", () => {
  const turned = (value: Json): Json => {
    if (Array.isArray(value)) return value.map((item) => turned(item as Json));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, member]) => [key, turned(member as Json)]),
    );
  };
  fc.assert(
    fc.property(plain, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
    }),
  );
});

test("members are sorted by code unit, blanks and undefined members are left out", () => {
  expect(canonicalJson({ b: [1, { d: null, c: "x y" }], B: true, a: undefined, é: "\n" })).toBe(
    '{"B":true,"b":[1,{"c":"x y","d":null}],"é":"\\n"}',
  );
  expect([canonicalJson([]), canonicalJson({}), canonicalJson("")]).toEqual(["[]", "{}", '""']);
});

test("a digest is the one that others compute from the same text", () => {
  expect(digestOf({})).toBe("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
});
