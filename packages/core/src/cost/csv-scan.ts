const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Where in a comma-separated text (RFC 4180) the next byte stands: numbers, as this runs once a byte of every file. */
const START = 0;
const PLAIN = 1;
const QUOTED = 2;
const CLOSED = 3;

/** What a whole text holds. */
export interface Scanned {
  readonly bytes: number;
  /** Records that are not blank, the header among them. */
  readonly records: number;
  readonly isQuoteOpen: boolean;
  readonly endsWithLine: boolean;
  /** Number of the record with the first NUL byte; undefined where there is none. */
  readonly nulRecord: number | undefined;
}

/**
 * Counts the records of a comma-separated text as its bytes come by, in one pass and apart from the engine that reads it, so that what one of
 * the two loses is seen. A quote opens a field only at its start.
 */
export const csvScanner = () => {
  let [place, bytes, records, last, isBlank, nulRecord] = [START, 0, 0, LINE_FEED, true, -1];
  return {
    take: (chunk: Uint8Array): void => {
      const { length } = chunk;
      let at = place;
      let count = records;
      let blank = isBlank;
      for (let index = 0; index < length; index += 1) {
        let byte = chunk[index] ?? 0;
        if (byte > COMMA) {
          if (at !== QUOTED) {
            at = PLAIN;
            blank = false;
          }
          // Most bytes say nothing more: run to the next one that may.
          while (byte > COMMA && (index += 1) < length) byte = chunk[index] ?? 0;
          if (index >= length) break;
        }
        if (byte === COMMA) {
          if (at === QUOTED) continue;
          at = START;
          blank = false;
        } else if (byte === QUOTE) {
          blank = false;
          at = at === QUOTED ? CLOSED : at === PLAIN ? PLAIN : QUOTED;
        } else if (byte === 0) {
          if (nulRecord < 0) nulRecord = count + 1;
        } else if (at !== QUOTED) {
          if (byte === LINE_FEED) {
            if (!blank) count += 1;
            blank = true;
            at = START;
          } else if (byte !== RETURN) {
            at = PLAIN;
            blank = false;
          }
        }
      }
      [place, records, isBlank] = [at, count, blank];
      bytes += chunk.length;
      last = chunk.at(-1) ?? last;
    },
    done: (): Scanned => ({
      bytes,
      records: records + (isBlank ? 0 : 1),
      isQuoteOpen: place === QUOTED,
      endsWithLine: last === LINE_FEED,
      nulRecord: nulRecord < 0 ? undefined : nulRecord,
    }),
  };
};
