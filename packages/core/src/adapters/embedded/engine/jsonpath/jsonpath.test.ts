import { describe, expect, it } from "vitest";
import type { Json } from "../../../../kernel/index.ts";
import { randomOf } from "../random.ts";
import { holds } from "./choice.ts";
import { lookUp, requirePath } from "./query.ts";
import { withValueAt } from "./reference.ts";
import { fill } from "./template.ts";

const DATA: Json = {
  store: {
    book: [
      { title: "Sayings", price: 8.95, tags: ["a", "b"] },
      { title: "Moby Dick", price: 22.99, isbn: "0-553" },
      { title: "Rings", price: 12.5, isbn: "0-395" },
    ],
    "odd name's": 1,
  },
  limit: 10,
  nothing: null,
};
const data = { data: DATA, context: { Execution: { Name: "run" } }, variables: { v: { list: [1, 2, 3] } } };
const at = (path: string): Json | undefined => lookUp(path, data);
const random = randomOf("seed", "key");
const intrinsic = (call: string, input: Json = {}): Json =>
  (fill({ "r.$": call }, { ...data, data: input }, random) as { r: Json }).r;

describe("paths", () => {
  it.each<[string, Json | undefined]>([
    ["$.limit", 10],
    ["$.nothing", null],
    ["$.missing", undefined],
    ["$$.Execution.Name", "run"],
    ["$v.list[1]", 2],
    ["$.store['odd name\\'s']", 1],
    ["$.store.book[-1].title", "Rings"],
    ["$.store.book[0,2].title", ["Sayings", "Rings"]],
    ["$.store.book[:2].price", [8.95, 22.99]],
    ["$.store.book[*].isbn", ["0-553", "0-395"]],
    ["$..title", ["Sayings", "Moby Dick", "Rings"]],
    ["$.store.book[?(@.isbn)].title", ["Moby Dick", "Rings"]],
    ["$.store.book[?(@.price < $.limit)].title", ["Sayings"]],
    ["$.store.book[?(@.price > 10 && !(@.title == 'Rings'))].title", ["Moby Dick"]],
    ["$.store.book[?(@.title =~ /.*ing.*/i)].price", [8.95, 12.5]],
    ["$.store.book[?(@.title in ['Rings', 'Other'])].isbn", ["0-395"]],
    ["$.store.book.length()", 3],
    ["$.missing[*].x", []],
  ])("%s", (path, expected) => {
    expect(at(path)).toEqual(expected);
  });

  it("say where they lead nowhere", () => {
    expect(() => requirePath("$.store.shop.name", data)).toThrow("Missing property in path $['store']['shop']");
    expect(() => requirePath("$.store.shop", data)).toThrow("No results for path: $['store']['shop']");
  });

  it("of a result make what is missing, and refuse to replace what is no object on the way", () => {
    expect(withValueAt({ a: 1 }, "$.b.c", 2)).toEqual({ a: 1, b: { c: 2 } });
    expect(withValueAt({ a: [1, 2] }, "$.a[1]", 3)).toEqual({ a: [1, 3] });
    expect(() => withValueAt({ a: 1 }, "$.a.b", 2)).toThrow("States.ResultPathMatchFailure");
  });
});

describe("intrinsic functions", () => {
  it.each<[string, Json]>([
    ["States.Format('{} \\{\\} {}', 'it\\'s', null)", "it's {} null"],
    ["States.ArrayPartition(States.ArrayRange(1, 5, 2), 2)", [[1, 3], [5]]],
    ["States.ArrayRange(3, 1, -1)", [3, 2, 1]],
    ["States.ArrayUnique(States.Array(1, 2, 1, 'a', 'a'))", [1, 2, "a"]],
    ["States.MathAdd(1.5, -1.5)", 1],
    ["States.StringSplit('1,2+3,,', ',+')", ["1", "2", "3"]],
    ["States.Hash('abc', 'SHA-1')", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ["States.Base64Decode(States.Base64Encode('größe'))", "größe"],
  ])("%s", (call, expected) => {
    expect(intrinsic(call)).toEqual(expected);
  });

  it.each([
    "States.ArrayRange(1, 9, 0)",
    "States.Format('{}')",
    "States.ArrayGetItem(States.Array(1), 1)",
    "States.StringToJson('{')",
  ])("%s fails with States.IntrinsicFailure", (call) => {
    expect(() => intrinsic(call)).toThrow("States.IntrinsicFailure");
  });

  it("random numbers stay within their bounds and are drawn anew each time", () => {
    const drawn = Array.from({ length: 200 }, () => Number(intrinsic("States.MathRandom(1, 4)")));
    expect(new Set(drawn)).toEqual(new Set([1, 2, 3]));
  });

  it("a random number with a seed is the same each time", () => {
    const drawn = Array.from({ length: 5 }, () => intrinsic("States.MathRandom(1, 1000000, 42)"));
    expect(new Set(drawn).size).toBe(1);
  });
});

describe("choice rules", () => {
  const rule = (more: object): boolean =>
    holds({ Variable: "$.x", ...more }, { ...data, data: { x: "log-2025*.txt" } });

  it("match texts with * for any text, and * itself behind a backslash", () => {
    expect(rule({ StringMatches: "log-*.txt" })).toBe(true);
    expect(rule({ StringMatches: "log-*\\*.txt" })).toBe(true);
    expect(rule({ StringMatches: "log-2025\\*" })).toBe(false);
    expect(rule({ StringMatches: "log.2025*" })).toBe(false);
  });

  it("fail with States.Runtime on what is not there, unless they ask whether it is", () => {
    expect(() => holds({ Variable: "$.none", IsNull: true }, data)).toThrow("States.Runtime");
    expect(holds({ Variable: "$.none", IsPresent: false }, data)).toBe(true);
  });
});
