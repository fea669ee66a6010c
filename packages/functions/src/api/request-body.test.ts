import { expect, test } from "vitest";
import { readJson } from "./request-body.ts";

const read = (body: string) => readJson(new Request("http://localhost/", { method: "POST", body }), 2 << 20);

test("a number that a float would change keeps its digits as text, any other stays a number", async () => {
  const body =
    '{"a":0.1,"b":12345678901234567890.5,"c":1e-999,"d":-5,"e":1e3,"f":100000000000000000000,"g":0.10,"h":9007199254740993}';
  expect(await read(body)).toEqual({
    a: 0.1,
    b: "12345678901234567890.5",
    c: "1e-999",
    d: -5,
    e: 1000,
    f: 1e20,
    g: 0.1,
    h: "9007199254740993",
  });
});

test("a body full of numbers at the end of the range takes no longer than any other of its size", async () => {
  const time = async (body: string): Promise<number> => {
    const start = performance.now();
    await read(body);
    return performance.now() - start;
  };
  const full = (number: string): string => `{"a":[${`${number},`.repeat(140_000)}1],"b":"${"9".repeat(900_000)}"}`;
  const usual = await time(full("12.345"));
  expect(await time(full("1e-999"))).toBeLessThan(4 * usual + 50);
});
