import type { Evaluation, Resource } from "../evaluate/evaluation.ts";

/** Something that must hold of every stage, and ways to break it that it must notice. */
export interface Rule {
  readonly name: string;
  /** Where it holds of one stage only. */
  readonly stage?: string;
  /** One line for each place where it does not hold: what, where, what to do. */
  check(found: Evaluation): readonly string[] | Promise<readonly string[]>;
  /** By what is done to the stage. */
  readonly breaks: Readonly<Record<string, (found: Evaluation) => Evaluation>>;
}

type Inputs = Readonly<Record<string, unknown>>;

export const ofType = (found: Evaluation, type: string): readonly Resource[] =>
  found.resources.filter((resource) => resource.type === type);

/** Text of an input; empty where it is none. */
export const text = (inputs: Inputs, name: string): string => {
  const value = inputs[name];
  return typeof value === "string" ? value : "";
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value below a path of names and positions, `undefined` where it leads nowhere. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown => {
  let found = value;
  for (const step of path) {
    if (isRecord(found)) found = found[step];
    else if (Array.isArray(found)) found = (found as unknown[])[Number(step)];
    else return undefined;
  }
  return found;
};

/** The stage with the first resource of a type (and, where asked for, of a name) changed. Throws where there is none: then nothing is tested. */
export const changed =
  (type: string, change: (inputs: Inputs) => Inputs, name?: string) =>
  (found: Evaluation): Evaluation => {
    const target = ofType(found, type).find((resource) => name === undefined || resource.name === name);
    if (target === undefined) throw new Error(`there is no ${type} ${name ?? ""} to break`);
    const broken = { ...target, inputs: change(target.inputs) };
    return { ...found, resources: found.resources.map((resource) => (resource === target ? broken : resource)) };
  };

/** The stage without the first resource of a type. */
export const without =
  (type: string, name?: string) =>
  (found: Evaluation): Evaluation => {
    const target = ofType(found, type).find((resource) => name === undefined || resource.name === name);
    if (target === undefined) throw new Error(`there is no ${type} ${name ?? ""} to remove`);
    return { ...found, resources: found.resources.filter((resource) => resource !== target) };
  };

/** The stage with one resource more. */
export const withMore =
  (type: string, name: string, inputs: Inputs) =>
  (found: Evaluation): Evaluation => ({
    ...found,
    resources: [...found.resources, { type, name, inputs, state: { ...inputs, id: name }, isRetained: false }],
  });

export const isProduction = (found: Evaluation): boolean => found.stage === "production";
