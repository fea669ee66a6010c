import { copyFile, readdir, readFile, stat, utimes } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { precondition, Problem } from "../../kernel/index.ts";
import type { CostSource, SourceObject } from "../../ports/index.ts";

const etagOf = (entry: { readonly size: number; readonly mtimeMs: number }): string => `${entry.size}-${entry.mtimeMs}`;

const changed = (name: string): Problem =>
  new Problem("transient", "INTERNAL", `${name} changed while it was read; it is looked at again next time`);

/** A folder of this machine into which cost deliveries are copied. Symbolic links in it are not followed. */
export const folderSource = (folder: string, isInbox = false): CostSource => {
  const root = resolve(folder);
  const pathOf = (object: SourceObject): string => join(root, ...object.name.split("/"));
  const assertSame = async (object: SourceObject): Promise<void> => {
    const entry = await stat(pathOf(object)).catch(() => undefined);
    if (!entry || etagOf(entry) !== object.etag) throw changed(object.name);
  };
  return {
    name: root,
    isInbox,
    list: async () => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
        throw precondition(
          `the watched folder ${root} cannot be read (${error instanceof Error ? error.message : "unknown"}). Create it, or change COST_SOURCES.`,
        );
      });
      const objects = await Promise.all(
        entries
          .filter((entry) => entry.isFile())
          .map(async (entry): Promise<SourceObject[]> => {
            const path = join(entry.parentPath, entry.name);
            const found = await stat(path).catch(() => undefined);
            const name = relative(root, path).split(sep).join("/");
            return found ? [{ name, bytes: found.size, modifiedAt: found.mtime, etag: etagOf(found) }] : [];
          }),
      );
      return objects.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    read: async (object) => {
      const bytes = await readFile(pathOf(object)).catch(() => {
        throw changed(object.name);
      });
      await assertSame(object);
      return bytes;
    },
    fetch: async (object, path) => {
      await copyFile(pathOf(object), path).catch(() => {
        throw changed(object.name);
      });
      await assertSame(object);
      await utimes(path, object.modifiedAt, object.modifiedAt);
    },
  };
};
