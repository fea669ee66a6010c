import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The flags of `npm start`. */
const FLAGS = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8"];

const lastLineOf = (script: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...FLAGS, script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output.trimEnd().split("\n").at(-1) ?? "");
      else reject(new Error(`${script} ended with ${code}`));
    });
  });

/** Runs a step in a process of its own, so that its memory is its own, and answers the figures it reported. */
export const runStep = async (file: string, args: readonly string[]): Promise<unknown> => {
  const last = await lastLineOf(fileURLToPath(new URL(file, import.meta.url)), args);
  return last === "" ? undefined : JSON.parse(last);
};

/** Runs a generator of cost files that stands outside of this repository. */
export const runGenerator = async (script: string, args: readonly string[]): Promise<void> => {
  await lastLineOf(script, args);
};
