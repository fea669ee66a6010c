import { Failure } from "../failure.ts";
import type { JsonObject } from "../json.ts";

const DELIMITERS: Readonly<Record<string, string>> = { COMMA: ",", PIPE: "|", SEMICOLON: ";", SPACE: " ", TAB: "\t" };

/** Records of delimited text (RFC 4180): quotes hold delimiters, line ends and doubled quotes. Empty lines are left out. */
const recordsOf = (text: string, delimiter: string): string[][] => {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = "";
  let isQuoted = false;
  const endCell = (): void => {
    record.push(cell);
    cell = "";
  };
  const endRecord = (): void => {
    endCell();
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isQuoted) {
      const isDoubled = character === '"' && text.charAt(at + 1) === '"';
      if (isDoubled) at += 1;
      if (character === '"' && !isDoubled) isQuoted = false;
      else cell += character;
    } else if (character === '"' && cell === "") isQuoted = true;
    else if (character === delimiter) endCell();
    else if (character === "\n") endRecord();
    else if (character !== "\r" || text.charAt(at + 1) !== "\n") cell += character;
  }
  if (cell !== "" || record.length > 0) endRecord();
  return records;
};

/** Items of a CSV file: one object a line, every value a text; missing cells are empty, cells beyond the headers are left out. */
export const csvItems = (text: string, headers: readonly string[] | undefined, delimiterName: string): JsonObject[] => {
  const delimiter = DELIMITERS[delimiterName];
  if (delimiter === undefined)
    throw new Failure("States.ItemReaderFailed", `CSVDelimiter must be one of ${Object.keys(DELIMITERS).join(", ")}.`);
  const records = recordsOf(text, delimiter);
  const names = headers ?? records.shift() ?? [];
  if (new Set(names).size < names.length)
    throw new Failure("States.ItemReaderFailed", "CSV headers cannot contain duplicates.");
  return records.map((record) => Object.fromEntries(names.map((name, index) => [name, record[index] ?? ""])));
};
