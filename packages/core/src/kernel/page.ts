import { invalid, type Problem } from "./problem.ts";

export interface PageRequest {
  /** Rows wanted, 1 to 200. */
  readonly size: number;
  /** Sort key of the last row of the page before; absent for the first page. */
  readonly after: string | undefined;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly nextToken: string | undefined;
}

const notOurs = (): Problem => invalid("page_token", "not a token of this list; leave it out for the first page");

/** Reads page_size and page_token; throws an invalid Problem on a token that this API did not make. */
export const pageRequest = (size: number | undefined, token: string | undefined): PageRequest => {
  if (token === undefined || token === "") return { size: size ?? 50, after: undefined };
  const after = Buffer.from(token, "base64url").toString("utf8");
  if (!after.startsWith("k:")) throw notOurs();
  return { size: size ?? 50, after: after.slice(2) };
};

/** The whole number that a list is ordered by, of the last row of the page before. Throws an invalid Problem where it is none. */
export const numberAfter = ({ after }: PageRequest): bigint | undefined => {
  if (after === undefined) return undefined;
  if (!/^\d{1,18}$/.test(after)) throw notOurs();
  return BigInt(after);
};

/** Cuts a page from rows that were read with `limit size + 1`. */
export const pageOf = <T>(rows: readonly T[], request: PageRequest, keyOf: (row: T) => string): Page<T> => {
  const shown = rows.slice(0, request.size);
  const last = shown.at(-1);
  const more = rows.length > request.size && last !== undefined;
  return { rows: shown, nextToken: more ? Buffer.from(`k:${keyOf(last)}`).toString("base64url") : undefined };
};
