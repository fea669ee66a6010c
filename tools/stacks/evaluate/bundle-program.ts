import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, build } from "esbuild";

const BANNER = `import { createRequire as topLevelCreateRequire } from "module";
const require = topLevelCreateRequire(import.meta.url);
const evaluated = JSON.parse(process.env.EVALUATED_STAGE);`;

/** What SST leaves to `.sst/platform/node_modules`. */
const EXTERNAL = [
  "@pulumi/*",
  "@pulumiverse/*",
  "@sst-provider/*",
  "@aws-sdk/*",
  "undici",
  "esbuild",
  "archiver",
  "glob",
];

/** `sst` and `aws` are no globals of the runtime: SST writes their imports above the program's own files, as is done here. */
const injectGlobals = (root: string): Plugin => ({
  name: "inject-globals",
  setup: (hooks) => {
    hooks.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path !== join(root, "sst.config.ts") && !path.startsWith(join(root, "stacks/"))) return undefined;
      const platform = JSON.stringify(join(root, ".sst/platform/src/components/index.ts"));
      const globals = `import * as aws from "@pulumi/aws";\nimport * as random from "@pulumi/random";\nimport * as sst from ${platform};\n`;
      return { loader: "ts", contents: `${globals}${readFileSync(path, "utf8")}` };
    });
  },
});

/** Runs the program for the stage that the environment names, with Pulumi's engine stood in for. */
const program = (root: string): string => `
  import * as pulumi from "@pulumi/pulumi";
  import { standIn } from ${JSON.stringify(join(root, "tools/stacks/evaluate/inside.ts"))};
  import { run } from ${JSON.stringify(join(root, ".sst/platform/src/auto/run.ts"))};
  import config from ${JSON.stringify(join(root, "sst.config.ts"))};
  await standIn(pulumi, $app, process.env.EVALUATED_OUT);
  await pulumi.runtime.runInPulumiStack(() => run(config.run));
`;

/**
 * Bundles sst.config.ts as the SST command does (its shim, its globals, its externals), and gives the path of the bundle; it stands in
 * `.sst/platform`, where the provider packages are found.
 */
export const bundleProgram = async (root: string): Promise<string> => {
  const platform = join(root, ".sst/platform");
  const folder = join(platform, "evaluated");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "program.mjs");
  await build({
    stdin: { contents: program(root), resolveDir: root, sourcefile: "eval.ts", loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    sourcemap: "inline",
    mainFields: ["module", "main"],
    banner: { js: BANNER },
    external: EXTERNAL,
    nodePaths: [join(platform, "node_modules")],
    inject: [join(platform, "src/shim/run.js")],
    plugins: [injectGlobals(root)],
    define: { $app: "evaluated.app", $cli: "evaluated.cli", $dev: "false" },
    logLevel: "error",
  });
  return outfile;
};
