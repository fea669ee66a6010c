import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import ts from "typescript";

/** Faults in the types of sst.config.ts and stacks/. What SST's own files are like under stricter settings than theirs is not looked at. */
export const typeFaults = (root: string): string[] => {
  const { config } = ts.readConfigFile(join(root, "stacks/tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    readonly config: unknown;
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, "stacks"));
  const program = ts.createProgram(fileNames, options);
  const own = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName === join(root, "sst.config.ts") || fileName.startsWith(join(root, "stacks/")));
  if (own.length < 3) return [`stacks/tsconfig.json reads ${own.length} files: nothing was checked`];
  return own.flatMap((file) =>
    [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((fault) => {
      const line = file.getLineAndCharacterOfPosition(fault.start ?? 0).line + 1;
      return `${relative(root, file.fileName)}:${line}: ${ts.flattenDiagnosticMessageText(fault.messageText, " ")}`;
    }),
  );
};

/** What the linter says of them, with the types that only `.sst` has; empty where it says nothing. */
export const lintFaults = (root: string): string => {
  const { status, stdout, stderr } = spawnSync(
    "npx",
    ["oxlint", "--type-aware", "--deny-warnings", "-c", "stacks/oxlint.json", "stacks", "sst.config.ts"],
    { cwd: root, encoding: "utf8" },
  );
  return status === 0 ? "" : `${stdout}${stderr}`;
};
