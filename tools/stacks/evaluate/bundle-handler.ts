import { existsSync, rmSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path";
import { type BuildOptions, build } from "esbuild";
import type { Bundle } from "./evaluation.ts";

/** What a function says about its bundle; SST passes it on from `nodejs`. */
export interface BundleWishes {
  readonly minify?: boolean;
  readonly install?: Readonly<Record<string, string>>;
  readonly esbuild?: BuildOptions;
  readonly banner?: string;
}

const BANNER = [
  `import { createRequire as topLevelCreateRequire } from 'module';`,
  `const require = topLevelCreateRequire(import.meta.url);`,
  `import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"`,
  `const __filename = topLevelFileUrlToPath(import.meta.url)`,
  `const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))`,
].join("\n");

const sourceOf = (root: string, base: string): string | undefined =>
  [".ts", ".mts", ".js", ".mjs"].map((end) => `${base}${end}`).find((path) => existsSync(join(root, path)));

/** Whether the file of a handler ("folder/file.name") is there. */
export const isThere = (root: string, handler: string): boolean =>
  sourceOf(root, handler.slice(0, handler.lastIndexOf("."))) !== undefined;

const source = (
  root: string,
  handler: string,
): { readonly file: string; readonly base: string; readonly name: string } => {
  const dot = handler.lastIndexOf(".");
  const base = handler.slice(0, dot);
  const file = sourceOf(root, base);
  if (file === undefined) throw new Error(`${handler}: there is no such handler file`);
  return { file, base, name: handler.slice(dot + 1) };
};

/** Bundles a handler for Lambda as SST does (an ES module beside nothing, what is not pure JavaScript left out) below `folder`. */
export const bundleHandler = async (
  root: string,
  handler: string,
  wishes: BundleWishes,
  folder: string,
): Promise<Bundle> => {
  const { file, base, name } = source(root, handler);
  rmSync(folder, { recursive: true, force: true });
  const outfile = join(folder, `${base}.mjs`);
  const external = ["sharp", "pg-native", ...Object.keys(wishes.install ?? {}), ...(wishes.esbuild?.external ?? [])];
  const { metafile } = await build({
    platform: "node",
    target: "esnext",
    format: "esm",
    mainFields: ["module", "main"],
    keepNames: true,
    minify: wishes.minify ?? true,
    logLevel: "silent",
    ...wishes.esbuild,
    entryPoints: [join(root, file)],
    absWorkingDir: root,
    external,
    banner: { js: [BANNER, wishes.banner ?? ""].join("\n") },
    bundle: true,
    metafile: true,
    outfile,
  });
  const left = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external: is }) => is));
  return {
    handler,
    folder,
    entry: `${relative(folder, join(dirname(outfile), base.slice(base.lastIndexOf("/") + 1)))}.${name}`,
    bytes: statSync(outfile).size,
    files: Object.keys(metafile.inputs),
    external: [...new Set(left.map(({ path }) => path))].filter((path) => !isBuiltin(path)),
  };
};
