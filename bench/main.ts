/**
 * What a million cost lines, a thousand tenants and the engine of state machines take, each step in a process of its own. `--rows 100000
 * --tenants 100 --rounds 1 --executions 5 --items 1000` for a quick look, `--write` to keep the figures in docs/performance.md.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { engineBench } from "./engine.ts";
import { costBench, draftBench } from "./races.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    tenants: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    executions: { type: "string", default: "20" },
    items: { type: "string", default: "10000" },
    write: { type: "boolean", default: false },
  },
});

const START = "<!-- figures: npm run bench -- --write -->";
const END = "<!-- end of figures -->";

/** Puts the figures between their marks and leaves the words around them alone. */
const keep = async (text: string): Promise<void> => {
  const path = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
  const page = existsSync(path) ? await readFile(path, "utf8") : `# Performance\n\n${START}\n${END}\n`;
  await writeFile(
    path,
    page.replace(new RegExp(`${START}[\\s\\S]*${END}`), () => `${START}\n\n${text}\n\n${END}`),
  );
};

const inFolder = async (work: (folder: string) => Promise<string[]>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "commops-bench-"));
  try {
    return (await work(folder)).join("\n");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const said: string[] = [];
const say = (text: string): void => {
  said.push(text);
  process.stdout.write(`${text}\n\n`);
};
say(
  `Measured on ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Node ${process.versions.node}, the median of ${values.rounds} rounds taken in turn.`,
);
say(await inFolder((folder) => costBench(folder, { rows: values.rows, rounds: Number(values.rounds) })));
say(await inFolder((folder) => draftBench(folder, { tenants: values.tenants })));
say(await inFolder((folder) => engineBench(folder, { executions: values.executions, items: values.items })));
if (values.write) await keep(said.join("\n\n"));
