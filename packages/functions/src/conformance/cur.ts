import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { importCur, type ImportedPeriod } from "@commops/core/cost";
import { Problem } from "@commops/core/kernel";
import { exact, toFixed } from "@commops/core/money";
import { type Call, systemActor } from "@commops/core/record";
import { openRuntime } from "../runtime/embedded.ts";
import { readSettings } from "../runtime/settings.ts";
import { describeFailure, type Outcome } from "./outcome.ts";

const CASES = z.array(
  z.object({
    path: z.string(),
    format: z.string().optional(),
    periods: z.array(
      z.object({
        period: z.string(),
        currency: z.string(),
        rows: z.number(),
        total_unblended_cost: z.string(),
        final: z.boolean().optional(),
      }),
    ),
    /** Set on the cases that must end in a named finding. */
    finding: z.string().optional(),
  }),
);
type CurCase = z.output<typeof CASES>[number];
type Expected = CurCase["periods"][number];

const rounded = (text: string): string => toFixed(exact(text), 6);

/** Where two values differ, in words. */
const unequal = <T extends string | number | boolean | null>(
  what: string,
  expected: T | undefined,
  found: T,
): string[] =>
  expected === undefined || expected === found ? [] : [`${what} is ${String(found)}, not ${String(expected)}`];

const comparePeriod = (expected: Expected, found: ImportedPeriod | undefined): string[] =>
  found === undefined
    ? [`${expected.period} is missing`]
    : [
        ...unequal<string | null>("currency", expected.currency, found.currency),
        ...unequal("rows", expected.rows, found.rows),
        ...unequal("total", rounded(expected.total_unblended_cost), rounded(found.total_unblended_cost)),
        ...unequal("final", expected.final, found.is_final),
      ].map((difference) => `${expected.period}: ${difference}`);

const compareCase = (subject: CurCase, results: readonly ImportedPeriod[]): string[] => {
  const found = results.filter((result) => result.rows > 0);
  const unexpected = found.filter((result) => !subject.periods.some((expected) => expected.period === result.period));
  const findings = results.flatMap((result) => result.findings);
  return [
    ...subject.periods.flatMap((expected) =>
      comparePeriod(
        expected,
        found.find((result) => result.period === expected.period),
      ),
    ),
    ...unexpected.map((result) => `${result.period ?? "a period"} is not expected`),
    ...found.flatMap((result) => unequal<string | null>("format", subject.format, result.format)),
    ...(subject.finding !== undefined && findings.length === 0 ? [`no finding, expected: ${subject.finding}`] : []),
  ];
};

/** A file that is refused ends in a named reason, which is what a case with a finding and no period asks for. */
const isRefusalExpected = (subject: CurCase, error: unknown): boolean =>
  subject.finding !== undefined && subject.periods.length === 0 && error instanceof Problem && error.kind === "invalid";

const judge = async (call: Call, folder: string, subject: CurCase): Promise<string[]> => {
  try {
    return compareCase(subject, await importCur.run(call, { path: join(folder, subject.path) }));
  } catch (error) {
    return isRefusalExpected(subject, error) ? [] : [describeFailure(error)];
  }
};

/**
 * Imports every path that the folder's expected.json names, each into what the ones before left, and compares periods, rows and totals at 6 decimals.
 * Throws where the folder holds no expected.json.
 */
export const runCur = async (folder: string): Promise<Outcome> => {
  const cases = CASES.parse(JSON.parse(await readFile(join(folder, "expected.json"), "utf8")));
  const dataDir = await mkdtemp(join(tmpdir(), "commops-conformance-"));
  try {
    const runtime = await openRuntime(readSettings({ DATA_DIR: dataDir, COMMOPS_SEED: "none" }));
    try {
      const failed: string[] = [];
      for (const subject of cases) {
        const call = { world: runtime.world, actor: systemActor("conformance"), traceId: randomUUID() };
        const faults = await judge(call, folder, subject);
        if (faults.length > 0) failed.push(`${subject.path}: ${faults.join("; ")}`);
      }
      return { passed: cases.length - failed.length, failed, skipped: [] };
    } finally {
      await runtime.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};
