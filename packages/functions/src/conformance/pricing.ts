import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { differences } from "./pricing/compare.ts";
import { exclusionOf } from "./pricing/exclusions.ts";
import { fieldsOf, type PricingCase, readCaseFile } from "./pricing/fields.ts";
import { shapeOf } from "./pricing/shapes.ts";
import { describeFailure, type Outcome } from "./outcome.ts";

const judge = (subject: PricingCase): { readonly failure?: string; readonly skip?: string } => {
  const exclusion = exclusionOf(subject);
  if (exclusion) {
    const doubt = exclusion.confirm?.(subject);
    return doubt === undefined ? { skip: exclusion.rule } : { failure: doubt };
  }
  const shape = shapeOf(subject);
  if (!shape) return { failure: `no rule reads inputs with the fields ${Object.keys(subject.inputs).join(", ")}` };
  const found = differences(shape.expect?.(subject.expected) ?? subject.expected, shape.run(fieldsOf(subject.inputs)));
  return found.length === 0 ? {} : { failure: found.join("; ") };
};

const verdict = (subject: PricingCase): ReturnType<typeof judge> => {
  try {
    return judge(subject);
  } catch (error) {
    return { failure: describeFailure(error) };
  }
};

/** Runs every case of the JSON files of a folder through the rating. Throws where the folder holds none. */
export const runPricing = async (folder: string): Promise<Outcome> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).toSorted();
  if (names.length === 0) throw new Error(`no .json file in ${folder}`);
  const failed: string[] = [];
  const skipped: string[] = [];
  let passed = 0;
  for (const name of names) {
    const cases = readCaseFile(JSON.parse(await readFile(join(folder, name), "utf8")));
    for (const subject of cases) {
      const { failure, skip } = verdict(subject);
      if (failure !== undefined) failed.push(`${subject.id}: ${failure}`);
      else if (skip === undefined) passed += 1;
      else skipped.push(`${subject.id}: ${skip}`);
    }
  }
  return { passed, failed, skipped };
};
