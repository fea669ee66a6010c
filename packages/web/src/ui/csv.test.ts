import { expect, test } from "vitest";
import { csvText } from "./csv.ts";

test("a cell with a comma, a quote or a line break is quoted, as RFC 4180 says", () => {
  expect(csvText(["a"], [['x,y "z"'], ["two\nlines"]])).toBe('a\r\n"x,y ""z"""\r\n"two\nlines"\r\n');
});

test.each(["=1+1", "+1", "@SUM(A1)", "-1+1", "\tx"])(
  "a text that a spreadsheet would run is marked as text: %j",
  (text) => {
    expect(csvText(["a"], [[text]])).toContain(`'${text}`);
  },
);

test.each(["-12.50", "0", "12.5"])("a number stays a number: %s", (number) => {
  expect(csvText(["a"], [[number]])).toBe(`a\r\n${number}\r\n`);
});
