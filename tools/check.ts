/** Runs every `check:*` script of package.json side by side and shows what each said, so that one fault does not hide another. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

const run = async (name: string): Promise<boolean> => {
  const start = performance.now();
  const child = spawn("npm", ["run", "-s", name], { stdio: ["ignore", "pipe", "pipe"] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  const text = Buffer.concat(said)
    .toString()
    .replace(/^npm warn .*\n/gm, "")
    .trim();
  const took = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`-- ${name} ${code === 0 ? "ok" : "FAILED"} (${took} s)${text === "" ? "" : `\n${text}`}`);
  return code === 0;
};

const names = Object.keys(scripts).filter((name) => name.startsWith("check:"));
const results = await Promise.all(names.map(run));
const failed = names.filter((_, index) => results[index] === false);
console.log(failed.length === 0 ? `check: ${names.length} checks ok` : `check: ${failed.join(", ")} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
