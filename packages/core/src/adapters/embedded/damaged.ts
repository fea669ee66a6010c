import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../../kernel/index.ts";

const entriesOf = (folder: string | undefined): Promise<string[]> =>
  folder === undefined ? Promise.resolve([]) : readdir(folder).catch(() => []);

const wayBack = (folder: string, newest: string | undefined): string =>
  newest === undefined
    ? `There is no copy of it in backups/ yet. If it never held anything, remove ${folder} and start again.`
    : `Go back to its newest copy: mv ${folder} ${folder}.damaged && mkdir ${folder} && tar xzf ${newest} -C ${folder}, then start again.`;

/** What to do about a database folder that cannot be opened: the newest whole copy, and how to put it in its place. */
export const damaged = async (
  { folder, dumps }: { readonly folder: string; readonly dumps?: string | undefined },
  reason: string,
  cause?: unknown,
): Promise<Problem> => {
  const newest = (await entriesOf(dumps))
    .filter((name) => name.endsWith(".tar.gz"))
    .toSorted()
    .at(-1);
  const copy = newest === undefined || dumps === undefined ? undefined : join(dumps, newest);
  return new Problem(
    "precondition",
    "FAILED_PRECONDITION",
    `the embedded database in ${folder} cannot be opened: ${reason}. ${wayBack(folder, copy)}`,
    { cause },
  );
};

/** Throws where a folder holds parts of a database without its version: the engine would make an empty one over them. */
export const refuseRemains = async (at: { readonly folder: string; readonly dumps?: string | undefined }) => {
  const entries = await entriesOf(at.folder);
  if (entries.length > 0 && !entries.includes("PG_VERSION"))
    throw await damaged(at, "its PG_VERSION is missing, so it is not a whole database");
};
