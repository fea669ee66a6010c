import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { aslCase } from "./asl/case.ts";
import { runExecution } from "./asl/run-execution.ts";
import { runStateTest } from "./asl/run-state-test.ts";
import type { Verdict } from "./asl/verdict.ts";
import { describeFailure, type Outcome } from "./outcome.ts";

const CASES = z.array(z.looseObject({ name: z.string() }));

const judged = async (subject: unknown): Promise<Verdict> => {
  try {
    const read = aslCase.parse(subject);
    return read.kind === "execution" ? await runExecution(read) : await runStateTest(read);
  } catch (error) {
    return { faults: [describeFailure(error)], isCauseSame: undefined, isHistorySame: undefined };
  }
};

/** What is told but decides nothing: causes are texts for people, and branches that run at once may be recorded in another order. */
const share = (what: string, values: readonly (boolean | undefined)[]): string => {
  const known = values.filter((value) => value !== undefined);
  return `${what} as recorded: ${known.filter(Boolean).length} of ${known.length}`;
};

/** Runs every recorded case in the folder's files on a clock that does not wait. Throws where a file holds no list of cases. */
export const runAsl = async (folder: string): Promise<Outcome> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".json")).toSorted();
  const failed: string[] = [];
  const verdicts: Verdict[] = [];
  for (const file of files) {
    const cases = CASES.parse(JSON.parse(await readFile(join(folder, file), "utf8")));
    for (const subject of cases) {
      const verdict = await judged(subject);
      verdicts.push(verdict);
      if (verdict.faults.length > 0) failed.push(`${file} ${subject.name}: ${verdict.faults.join("; ")}`);
    }
  }
  const notes = [
    share(
      "causes",
      verdicts.map((verdict) => verdict.isCauseSame),
    ),
    share(
      "histories",
      verdicts.map((verdict) => verdict.isHistorySame),
    ),
  ];
  return { passed: verdicts.length - failed.length, failed, skipped: [], notes };
};
