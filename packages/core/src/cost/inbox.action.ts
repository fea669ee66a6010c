import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { digestOf, invalid, type RunId } from "../kernel/index.ts";
import type { Files } from "../ports/index.ts";
import { action, listLineage, recordLineage, type ViewDoor, view } from "../record/index.ts";
import { importCur } from "./import-cur.action.ts";

/** Where exports are put: one folder for each, with everything that belongs to it. */
export const COST_INBOX = "inbox/cur/";
const JOB = "cost-inbox";

/** Keys are never written anew with other bytes: the same names are the same content. */
const stateOf = (keys: readonly string[]): string => digestOf([...keys]);

/** Exports in the inbox by name, each with its keys. */
const exportsIn = async (files: Files): Promise<ReadonlyMap<string, readonly string[]>> =>
  Map.groupBy(await files.list(COST_INBOX), (key) => key.slice(COST_INBOX.length).split("/")[0] ?? "");

const keptResult = z.object({
  deliveries: z.array(z.string()),
  periods: z.array(z.string()),
  active: z.int(),
  quarantined: z.int(),
  findings: z.int(),
});
type ExportResult = z.output<typeof keptResult>;

/** What the export held when it had the same files; undefined where it was not imported like this. */
const lastImport = async (door: ViewDoor, name: string, keys: readonly string[]): Promise<ExportResult | undefined> => {
  const [last] = await door.load((tx) => listLineage(tx, { subject: name, job: JOB }));
  const known = z.object({ state: z.string() }).safeParse(last?.inputs);
  return known.success && known.data.state === stateOf(keys) ? keptResult.parse(last?.outputs) : undefined;
};

/** Exports in the inbox that are new, or that have files which they had not when they were imported last. */
export const waitingExports = view("cost.inbox", { needs: "cost:read", input: z.object({}) }, async (door) => {
  const waiting: string[] = [];
  for (const [name, keys] of await exportsIn(door.files))
    if ((await lastImport(door, name, keys)) === undefined) waiting.push(name);
  return { exports: waiting.toSorted() };
});

/**
 * Imports one export of the inbox, and keeps what it held: the same files again change nothing. A delivery that is quarantined keeps out
 * of the cost, and is in the answer. Throws what an import throws where a file cannot be read.
 */
export const importExport = action(
  "cost.import-export",
  { needs: "cost:write", input: z.object({ name: z.string().min(1) }) },
  async (door, { name }) => {
    const keys = (await exportsIn(door.files)).get(name);
    if (!keys) throw invalid("name", `there is no export ${name} in ${COST_INBOX}`);
    const before = await lastImport(door, name, keys);
    if (before) return door.unchanged(before);
    const folder = await door.files.scratchPath("");
    try {
      for (const key of keys) {
        const path = join(folder, key.slice(COST_INBOX.length));
        await mkdir(dirname(path), { recursive: true });
        await copyFile(await door.files.localPath(key), path);
      }
      const periods = await importCur.run(door.call, { path: join(folder, name) });
      const counted = (status: string): number => periods.filter((period) => period.status === status).length;
      const result: ExportResult = {
        deliveries: periods.flatMap((period) => period.delivery_id ?? []),
        periods: [...new Set(periods.flatMap((period) => period.period ?? []))].toSorted(),
        active: counted("active"),
        quarantined: counted("quarantined"),
        findings: periods.reduce((sum, period) => sum + period.findings.length, 0),
      };
      const state = stateOf(keys);
      return await door.save({ objectType: "cost_export", objectId: name, metadata: result }, async (tx) => {
        await recordLineage(tx, {
          runId: `RUN-${door.clock.id()}` satisfies RunId,
          job: JOB,
          subject: name,
          inputs: { state, files: keys.length },
          ruleVersions: [],
          outputs: result,
          reads: [],
          makes: [],
          createdAt: door.now,
        });
        return result;
      });
    } finally {
      await door.files.discard(folder);
    }
  },
);
