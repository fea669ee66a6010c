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

const cell = fc.string({ unit: fc.constantFrom("a", " ", ",", '"', "\n", "\r", "#", "\u00a0"), maxLength: 6 });
const quoted = (text: string): string => (/[,"\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test("no padded text is missed, wherever the stream is cut into pieces", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      fc.nat(),
      (rows, at) => {
        const bytes = Buffer.from(rows.map((row) => `${row.map(quoted).join(",")}\n`).join(""));
        const cut = at % (bytes.length + 1);
        const scanned = scan([bytes.subarray(0, cut), bytes.subarray(cut)]);
        if (rows.flat().some((text) => text !== text.trim() && /^[ \u00a0]|[ \u00a0]$/.test(text)))
          expect(scanned.mayBePadded).toBe(true);
        expect(scanned).toEqual(scan([bytes]));
        expect(scanned.isQuoteOpen).toBe(false);
      },
    ),
  );
});
