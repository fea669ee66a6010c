import type { Json } from "@commops/core/kernel";

type Fields = Readonly<Record<string, unknown>>;

/** What the history of an execution is read with. */
export interface KnownState {
  readonly name: string;
  readonly type: string;
  /** The Map or Parallel that it is a part of. */
  readonly within: string | undefined;
  /** Whether it is a part of a distributed Map: its events stand in executions of their own. */
  readonly isElsewhere: boolean;
  /** Whether it hands out a token and waits for the answer. */
  readonly isCallback: boolean;
  /** The states that it may lead to. */
  readonly targets: ReadonlySet<string>;
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const targetsOf = (state: Fields): ReadonlySet<string> => {
  const led = [...listOf(state["Choices"]), ...listOf(state["Catch"])].map((rule) => fieldsOf(rule)["Next"]);
  return new Set([state["Next"], state["Default"], ...led].map(textOf).filter((name) => name !== undefined));
};

const isDistributed = (part: unknown): boolean => fieldsOf(fieldsOf(part)["ProcessorConfig"])["Mode"] === "DISTRIBUTED";

interface Outer {
  readonly within: string | undefined;
  readonly isElsewhere: boolean;
}

const addStates = (known: Map<string, KnownState>, machine: unknown, outer: Outer): void => {
  for (const [name, value] of Object.entries(fieldsOf(fieldsOf(machine)["States"]))) {
    const state = fieldsOf(value);
    known.set(name, {
      name,
      type: textOf(state["Type"]) ?? "Unknown",
      ...outer,
      isCallback: /\.waitForTaskToken$|:activity:/.test(textOf(state["Resource"]) ?? ""),
      targets: targetsOf(state),
    });
    for (const part of [...listOf(state["Branches"]), state["ItemProcessor"], state["Iterator"]])
      addStates(known, part, { within: name, isElsewhere: outer.isElsewhere || isDistributed(part) });
  }
};

/** The states of a definition by name, which is unique in it, in the order of the definition. */
export const statesOf = (definition: Json): ReadonlyMap<string, KnownState> => {
  const known = new Map<string, KnownState>();
  addStates(known, definition, { within: undefined, isElsewhere: false });
  return known;
};
