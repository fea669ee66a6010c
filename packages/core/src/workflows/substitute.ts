import { invalid, type Json } from "../kernel/index.ts";

/** What a reference stands for in an engine. Each answers undefined for a name that it does not know. */
export interface Resolve {
  task(name: string): string | undefined;
  machine(name: string): string | undefined;
  bucket(name: string): string | undefined;
}

const REFERENCE = /\$\{(task|machine|bucket):([^}]*)\}/g;

const substituted = (text: string, resolve: Resolve): string =>
  text.replace(REFERENCE, (reference, kind: keyof Resolve, name: string) => {
    const found = resolve[kind](name);
    if (found === undefined) throw invalid("definition", `${reference} names no ${kind} that there is`);
    return found;
  });

/**
 * A definition with every `${task:..}`, `${machine:..}` and `${bucket:..}` put as the engine knows it. Throws an invalid Problem on a
 * reference that leads nowhere.
 */
export const substitute = (definition: Json, resolve: Resolve): Json => {
  if (typeof definition === "string") return substituted(definition, resolve);
  if (definition === null || typeof definition !== "object") return definition;
  if (Array.isArray(definition)) return definition.map((item: Json) => substitute(item, resolve));
  return Object.fromEntries(
    Object.entries(definition).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, substitute(value, resolve)]],
    ),
  );
};
