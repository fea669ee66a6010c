import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const FLAGS = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];

/** Runs a step in a process of its own, so that its memory is its own, and answers the figures it reported. */
export const runStep = (file: string, args: readonly string[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL(file, import.meta.url));
    const child = spawn(process.execPath, [...FLAGS, script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => {
      const last = output.trimEnd().split("\n").at(-1);
      if (code === 0) resolve(last ? JSON.parse(last) : undefined);
      else reject(new Error(`${file} ended with ${code}`));
    });
  });
