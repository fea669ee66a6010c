const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;
const FIRST_NOT_ASCII = 0x80;
/** The longest record that is waited for; resource tags and descriptions stay far below. */
const MAX_RECORD_BYTES = 4 << 20;

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
  /** Number of the first record that ends in another way than those before it, or holds a carriage return alone: no engine reads both alike. */
  readonly oddLineRecord: number | undefined;
  /** Number of the record, quoted or not, that grew beyond any that AWS writes. */
  readonly longRecord: number | undefined;
  /** False when no field begins or ends with a blank; true when one may (signs beyond ASCII, some of which are blanks, count as such). */
  readonly mayBePadded: boolean;
}

/** Where a scan stands between two pieces of the text. */
interface Scan {
  place: number;
  bytes: number;
  records: number;
  last: number;
  isBlank: boolean;
  nulRecord: number | undefined;
  oddLineRecord: number | undefined;
  /** Whether lines end in CR LF; undefined before the first one ended. */
  hasReturns: boolean | undefined;
  longRecord: number | undefined;
  /** Where the record at hand begins. */
  recordAt: number;
  isPadded: boolean;
  /** Every bit that any byte has had. */
  bits: number;
}

const endLine = (scan: Scan, hasReturn: boolean, record: number): void => {
  scan.hasReturns ??= hasReturn;
  if (scan.hasReturns !== hasReturn) scan.oddLineRecord ??= record;
};

const take = (scan: Scan, chunk: Uint8Array): void => {
  const { length } = chunk;
  if (length > 0 && scan.last === RETURN && scan.place !== QUOTED && chunk[0] !== LINE_FEED)
    scan.oddLineRecord ??= scan.records + 1;
  // Held apart from the object while bytes go by: this is what reading a file twice costs.
  let { place: at, records: count, isBlank: blank, isPadded: padded, bits, last: before } = scan;
  for (let index = 0; index < length; index += 1) {
    let byte = chunk[index] ?? 0;
    if (index > 0) before = chunk[index - 1] ?? 0;
    if (byte > COMMA) {
      if (at !== QUOTED) {
        at = PLAIN;
        blank = false;
      }
      // Most bytes say nothing more: run to the next one that may.
      while (byte > COMMA) {
        bits |= byte;
        if ((index += 1) >= length) break;
        before = byte;
        byte = chunk[index] ?? 0;
      }
      if (index >= length) break;
    }
    if (byte === COMMA) {
      if (at === QUOTED) continue;
      padded ||= before === BLANK;
      at = START;
      blank = false;
    } else if (byte === QUOTE) {
      padded ||= before === BLANK && at === QUOTED;
      blank = false;
      at = at === QUOTED ? CLOSED : at === PLAIN ? PLAIN : QUOTED;
    } else if (byte === 0) {
      scan.nulRecord ??= count + 1;
    } else if (at === QUOTED) {
      padded ||= byte === BLANK && before === QUOTE;
    } else {
      padded ||= byte === BLANK ? at === START : before === BLANK && (byte === LINE_FEED || byte === RETURN);
      if (byte === LINE_FEED) {
        if (!blank) count += 1;
        endLine(scan, before === RETURN, count);
        scan.recordAt = scan.bytes + index;
        blank = true;
        at = START;
      } else if (byte === RETURN) {
        if (index + 1 < length && chunk[index + 1] !== LINE_FEED) scan.oddLineRecord ??= count + 1;
      } else {
        at = PLAIN;
        blank = false;
      }
    }
  }
  Object.assign(scan, { place: at, records: count, isBlank: blank, isPadded: padded, bits });
  scan.bytes += length;
  if (scan.bytes - scan.recordAt > MAX_RECORD_BYTES) scan.longRecord ??= count + 1;
  scan.last = chunk.at(-1) ?? scan.last;
};

/**
 * Counts the records of a comma-separated text as its bytes come by, in one pass and apart from the engine that reads it, so that what one of
 * the two loses is seen. A quote opens a field only at its start.
 */
export const csvScanner = () => {
  const scan: Scan = {
    place: START,
    bytes: 0,
    records: 0,
    last: LINE_FEED,
    isBlank: true,
    nulRecord: undefined,
    oddLineRecord: undefined,
    hasReturns: undefined,
    longRecord: undefined,
    recordAt: 0,
    isPadded: false,
    bits: 0,
  };
  return {
    take: (chunk: Uint8Array): void => take(scan, chunk),
    /** Whether reading on is of no use: a record never ends. */
    isEndless: (): boolean => scan.longRecord !== undefined,
    done: (): Scanned => ({
      bytes: scan.bytes,
      records: scan.records + (scan.isBlank ? 0 : 1),
      isQuoteOpen: scan.place === QUOTED,
      endsWithLine: scan.last === LINE_FEED,
      nulRecord: scan.nulRecord,
      oddLineRecord: scan.oddLineRecord,
      longRecord: scan.longRecord,
      mayBePadded: scan.isPadded || scan.bits >= FIRST_NOT_ASCII || scan.last === BLANK,
    }),
  };
};
