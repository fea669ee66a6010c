import fc from "fast-check";
import { expect, test } from "vitest";
import { csvScanner } from "./csv-scan.ts";

const scan = (chunks: readonly Uint8Array[]) => {
  const scanner = csvScanner();
  for (const chunk of chunks) scanner.take(chunk);
  return scanner.done();
};
const mayBePadded = (text: string): boolean => scan([Buffer.from(text)]).mayBePadded;

test.each([
  " a,b\n",
  "a ,b\n",
  "a, b\n",
  "a,b \n",
  "a,b \r\n",
  "a,b ",
  '" a",b\n',
  '"a ",b\n',
  "a,\u00a0b\n",
  "a,b\u3000\n",
])("a text that begins or ends with a blank is seen: %j", (text) => expect(mayBePadded(text)).toBe(true));

test.each(["a b,c d\n", '"a, b",c\n', '"{""a"":""b c""}",d\r\n', "a #b,(c) d\n", ",\n"])(
  "blanks within a text are no reason to look at every text: %j",
  (text) => expect(mayBePadded(text)).toBe(false),
);

test.each([
  ["a,b\n1,2\n", undefined],
  ["a,b\r\n1,2\r\n", undefined],
  ['a,b\r\n"1\n\r2",2\r\n', undefined],
  ["a,b\r\n1,2\n", 2],
  ["a,b\n1,2\n3,4\r\n", 3],
  ["a,b\n1,2\r3,4\n", 2],
  ["a,b\r1,2\r", 1],
  ["a,b\r\n1,2\r", undefined],
])("the first row that ends in another way than those before it is named: %j is %s", (text, row) =>
  expect(scan([Buffer.from(text)]).oddLineRecord).toBe(row),
);

test("a row that grows beyond any of AWS is seen while it grows, in quotes and without; many short ones are not one", () => {
  const grown = (first: string, piece: string) => {
    const scanner = csvScanner();
    scanner.take(Buffer.from(`a,b\n${first}`));
    for (let megabyte = 0; megabyte < 5; megabyte += 1)
      scanner.take(Buffer.from(piece.repeat((1 << 20) / piece.length)));
    return { isEndless: scanner.isEndless(), row: scanner.done().longRecord };
  };
  expect(grown("", "x")).toEqual({ isEndless: true, row: 2 });
  expect(grown('1,2\n3,"', "x\n")).toEqual({ isEndless: true, row: 3 });
  expect(grown("", "1,2\n")).toEqual({ isEndless: false, row: undefined });
});

const cell = fc.string({ unit: fc.constantFrom("a", " ", ",", '"', "\n", "\r", "#", "\u00a0"), maxLength: 6 });
const quoted = (text: string): string => (/[,"\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test("no padded text is missed, wherever the stream is cut into pieces", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.nat(),
      (rows, end, at) => {
        const bytes = Buffer.from(rows.map((row) => `${row.map(quoted).join(",")}${end}`).join(""));
        const cut = at % (bytes.length + 1);
        const scanned = scan([bytes.subarray(0, cut), bytes.subarray(cut)]);
        if (rows.flat().some((text) => text !== text.trim() && /^[ \u00a0]|[ \u00a0]$/.test(text)))
          expect(scanned.mayBePadded || end === "\r").toBe(true);
        expect(scanned).toEqual(scan([bytes]));
        // A carriage return alone ends no line for the scan: what follows it is told as odd, and quotes there mean nothing.
        if (end === "\r") expect(scanned.oddLineRecord !== undefined).toBe(rows.length > 1);
        else expect(scanned.isQuoteOpen).toBe(false);
      },
    ),
  );
});
