import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvCell, csvRow, csvText } from "./csv.ts";

/** A reader by the grammar of RFC 4180, independent of the writer. */
const readCsv = (text: string): string[][] => {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (quoted && character === '"' && text[i + 1] === '"') [cell, i] = [`${cell}"`, i + 1];
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === ",") [record, cell] = [[...record, cell], ""];
    else if (!quoted && character === "\r" && text[i + 1] === "\n") {
      records.push([...record, cell]);
      [record, cell, i] = [[], "", i + 1];
    } else cell += character;
  }
  return records;
};

describe("CSV writing", () => {
  it("ends every record with CR LF and quotes commas, quotes and line breaks", () => {
    expect(
      csvText(
        ["a", "b"],
        [
          ["x,y", 'say "hi"'],
          ["two\nlines", null],
        ],
      ),
    ).toBe('a,b\r\n"x,y","say ""hi"""\r\n"two\nlines",\r\n');
  });

  it("reads back as written, whatever the text", () => {
    const plain = fc.string({ unit: "grapheme" }).filter((text) => !/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(plain, plain), { maxLength: 8 }), (rows) => {
        expect(readCsv(csvText(["a", "b"], rows))).toEqual([["a", "b"], ...rows]);
      }),
    );
  });

  it("writes numbers, big integers and facts as they are", () => {
    expect(csvRow([-5, 12n, true, 0.5])).toBe("-5,12,true,0.5\r\n");
    expect(() => csvCell(Number.NaN)).toThrow(RangeError);
  });

  it("refuses a record that is wider or narrower than the header, and says which", () => {
    expect(() => csvText(["a", "b"], [["1", "2"], ["3"]])).toThrow(/record 3 has 1 cells, the header has 2/);
  });

  it("keeps a record of one empty cell visible", () => {
    expect(csvRow([""])).toBe('""\r\n');
  });
});

describe("formula cells", () => {
  it.each(["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "－1-1"])(
    "neutralises %j with a leading apostrophe",
    (text) => {
      const [[cell]] = readCsv(csvRow([text])) as [[string]];
      expect(cell).toBe(`'${text}`);
    },
  );

  it("no text cell begins with a formula sign once read back", () => {
    const attack = fc
      .tuple(fc.constantFrom("=", "+", "-", "@", "\t", "\r", " ="), fc.string())
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(attack, (text) => {
        const [[cell]] = readCsv(csvRow([text])) as [[string]];
        expect(/^[=+@\t\r\n]/.test(cell) && !/^\+\d+(\.\d+)?$/.test(cell)).toBe(false);
        expect(cell.startsWith("-") && !/^-\d+(\.\d+)?$/.test(cell)).toBe(false);
      }),
    );
  });

  it("leaves decimal text alone, so that amounts can be added up", () => {
    expect(csvRow(["-12.50", "+3", "0.000000000001"])).toBe("-12.50,+3,0.000000000001\r\n");
  });

  it("quotes the separators of other locales, so that no part of a cell becomes a cell of its own", () => {
    expect(csvCell("a;=1+1")).toBe('"a;=1+1"');
    expect(csvCell("a\t=1+1")).toBe('"a\t=1+1"');
  });
});
