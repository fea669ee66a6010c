/**
 * What a million cost lines, a thousand tenants and the engine of state machines take, each step in a process of its own. `--rows 100000
 * --tenants 100 --rounds 1 --executions 5 --items 1000` for a quick look, `--write` to keep the figures in docs/performance.md. `--scale`
 * measures many lines instead, against PostgreSQL and csv-parse too: `--lines 100000,300000` for a quick look.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { engineBench } from "./engine.ts";
import { costBench, draftBench } from "./races.ts";
import { scaleBench } from "./scale.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    tenants: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    executions: { type: "string", default: "20" },
    items: { type: "string", default: "10000" },
    write: { type: "boolean", default: false },
    scale: { type: "boolean", default: false },
    lines: { type: "string", default: "1000000,10000000" },
  },
});

const END = "<!-- end of figures -->";

/** Puts figures between their marks and leaves the words around them alone. */
const keep = async (page: string, mark: string, text: string): Promise<void> => {
  const path = fileURLToPath(new URL(`../docs/${page}`, import.meta.url));
  const before = await readFile(path, "utf8");
  if (!before.includes(mark)) throw new Error(`docs/${page} has no place for the figures: ${mark}`);
  await writeFile(
    path,
    before.replace(new RegExp(`${mark}[\\s\\S]*?${END}`), () => `${mark}\n\n${text}\n\n${END}`),
  );
};

const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), "commops-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const tables = (parts: readonly (readonly string[])[]): string => parts.map((part) => part.join("\n")).join("\n\n");
const say = (text: string): string => {
  process.stdout.write(`${text}\n\n`);
  return text;
};
const machine = `Measured on ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Node ${process.versions.node}`;

/** Cost, drafts and the engine: a few minutes. */
const usual = async (): Promise<void> => {
  const said = [
    say(`${machine}, the median of ${values.rounds} rounds taken in turn.`),
    say(tables([await inFolder((folder) => costBench(folder, { rows: values.rows, rounds: Number(values.rounds) }))])),
    say(tables([await inFolder((folder) => draftBench(folder, { tenants: values.tenants }))])),
    say(
      tables([await inFolder((folder) => engineBench(folder, { executions: values.executions, items: values.items }))]),
    ),
  ];
  if (values.write) await keep("performance.md", "<!-- figures: npm run bench -- --write -->", said.join("\n\n"));
};

/** Many lines: half an hour. */
const scale = async (): Promise<void> => {
  const mark = "<!-- figures: npm run bench -- --scale --write -->";
  const { races, units } = await scaleBench(inFolder, values.lines.split(","));
  const about = say(`${machine}.`);
  const [raced, counted] = [say(tables(races)), say(tables(units))];
  if (!values.write) return;
  await keep("performance.md", mark, `${about}\n\n${raced}`);
  await keep("scale.md", mark, `${about}\n\n${counted}`);
};

await (values.scale ? scale() : usual());
