import type { Json } from "../kernel/index.ts";

type Part = { readonly [field: string]: Json };

const isPart = (value: Json | undefined): value is Part =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The first state that is meant, wherever it stands in a definition. */
const findState = (value: Json, isMeant: (name: string, state: Part) => boolean): Part | undefined => {
  if (Array.isArray(value)) return value.map((one: Json) => findState(one, isMeant)).find((one) => one !== undefined);
  if (!isPart(value)) return undefined;
  const { States: states } = value;
  if (isPart(states))
    for (const [name, state] of Object.entries(states)) if (isPart(state) && isMeant(name, state)) return state;
  return Object.values(value)
    .map((one) => findState(one, isMeant))
    .find((one) => one !== undefined);
};

/** The label of the distributed Map of that name: its own, or else its name. */
export const mapLabel = (definition: Json, mapName: string): string => {
  const label = findState(definition, (name) => name === mapName)?.["Label"];
  return typeof label === "string" ? label : mapName;
};

/** What the children of the distributed Map with that label run: its part of the definition, in the definition's language; all of it where there is none. */
export const itemProcessorOf = (definition: Json, label: string): Json => {
  const map = findState(definition, (name, state) => state["Type"] === "Map" && (state["Label"] ?? name) === label);
  const processor = map?.["ItemProcessor"];
  if (!isPart(definition) || !isPart(processor)) return definition;
  const { QueryLanguage = "JSONPath" } = definition;
  return { QueryLanguage, ...processor };
};
