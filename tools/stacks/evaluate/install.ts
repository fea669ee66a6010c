import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Without these every command of SST begins with downloads that need more than the npm registry. */
const OFFLINE = { SST_SKIP_DEPENDENCY_CHECK: "1", SST_NO_BUN: "1", SST_TELEMETRY_DISABLED: "1" };

const versionOf = (root: string): string => {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/sst/package.json"), "utf8")) as {
    version: string;
  };
  return version;
};

/** Unpacks SST's components and its providers' types into `.sst` (about a minute, 320 MB), unless this version is there. Throws with what it said. */
export const installPlatform = (root: string): void => {
  const mark = join(root, ".sst/platform/version");
  const isThere = existsSync(mark) && readFileSync(mark, "utf8").trim() === versionOf(root);
  if (isThere && existsSync(join(root, ".sst/platform/node_modules/@pulumi/aws/package.json"))) return;
  const { status, stdout, stderr } = spawnSync("npx", ["sst", "install", "--stage", "offline"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...OFFLINE },
  });
  if (status !== 0) throw new Error(`sst install ended with ${status}:\n${stdout}${stderr}`);
};
