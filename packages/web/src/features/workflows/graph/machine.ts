import { type Fields, fieldsOf, listOf, shownValue, textOf } from "../../plain-data.ts";

/** How one state leads to another: always, where a rule of a Choice holds, or when an error is caught. */
export interface Way {
  readonly to: string;
  readonly kind: "next" | "choice" | "catch";
  /** The rule, or the errors that are caught. */
  readonly label?: string;
}

export interface State {
  readonly name: string;
  readonly type: string;
  readonly comment: string | undefined;
  readonly resource: string | undefined;
  readonly ways: readonly Way[];
  /** Whether the machine, or the part of it, is over after it. */
  readonly isLast: boolean;
  /** What a Map runs for every item, or the branches of a Parallel. */
  readonly parts: readonly Machine[];
}

/** A definition in the Amazon States Language as it is drawn; what cannot be drawn of it is left out. */
export interface Machine {
  readonly startAt: string;
  readonly states: readonly State[];
}

const OPERATORS: readonly (readonly [suffix: string, sign: string])[] = [
  ["LessThanEquals", "≤"],
  ["GreaterThanEquals", "≥"],
  ["LessThan", "<"],
  ["GreaterThan", ">"],
  ["Equals", "="],
  ["Matches", "like"],
];

const comparison = (name: string, value: unknown): string => {
  if (name.startsWith("Is")) return `${value === false ? "is not" : "is"} ${name.slice(2).toLowerCase()}`;
  const [, sign] = OPERATORS.find(([suffix]) => name.replace(/Path$/, "").endsWith(suffix)) ?? [];
  return `${sign ?? name} ${typeof value === "string" && !name.endsWith("Path") ? `"${value}"` : shownValue(value)}`;
};

const WORDS = new Set(["Variable", "Next", "Comment", "Assign", "Output"]);

/** A rule of a Choice in one line. */
const ruleText = (rule: Fields): string => {
  const condition = textOf(rule["Condition"]);
  // What goes into the state is meant where nothing else is said.
  if (condition !== undefined)
    return condition
      .replaceAll(/^\s*\{%|%\}\s*$/g, "")
      .replaceAll("$states.input.", "")
      .trim();
  for (const [name, word] of [
    ["And", " and "],
    ["Or", " or "],
  ] as const)
    if (Array.isArray(rule[name]))
      return listOf(rule[name])
        .map((part) => ruleText(fieldsOf(part)))
        .join(word);
  if (rule["Not"] !== undefined) return `not (${ruleText(fieldsOf(rule["Not"]))})`;
  const [name = "", value] = Object.entries(rule).find(([key]) => !WORDS.has(key)) ?? [];
  return `${textOf(rule["Variable"]) ?? ""} ${comparison(name, value)}`.trim();
};

const waysOf = (state: Fields): readonly Way[] => {
  const next = textOf(state["Next"]);
  const otherwise = textOf(state["Default"]);
  const rules = listOf(state["Choices"]).map(fieldsOf);
  const catchers = listOf(state["Catch"]).map(fieldsOf);
  return [
    ...(next === undefined ? [] : [{ to: next, kind: "next" as const }]),
    ...rules.flatMap((rule): Way[] => {
      const to = textOf(rule["Next"]);
      return to === undefined ? [] : [{ to, kind: "choice", label: ruleText(rule) }];
    }),
    ...(otherwise === undefined ? [] : [{ to: otherwise, kind: "choice" as const, label: "otherwise" }]),
    ...catchers.flatMap((one): Way[] => {
      const to = textOf(one["Next"]);
      return to === undefined ? [] : [{ to, kind: "catch", label: listOf(one["ErrorEquals"]).map(String).join(", ") }];
    }),
  ];
};

const isMachine = (value: unknown): boolean => textOf(fieldsOf(value)["StartAt"]) !== undefined;

const readState = (name: string, value: unknown): State => {
  const state = fieldsOf(value);
  const type = textOf(state["Type"]) ?? "Unknown";
  const parts = [...listOf(state["Branches"]), state["ItemProcessor"], state["Iterator"]].filter(isMachine);
  return {
    name,
    type,
    comment: textOf(state["Comment"]),
    resource: textOf(state["Resource"]),
    ways: waysOf(state),
    isLast: state["End"] === true || type === "Succeed" || type === "Fail",
    parts: parts.map(readMachine),
  };
};

/** Reads a definition; ways to states that are not there are left out. */
export const readMachine = (value: unknown): Machine => {
  const { StartAt: startAt, States: states } = fieldsOf(value);
  const read = Object.entries(fieldsOf(states)).map(([name, state]) => readState(name, state));
  const names = new Set(read.map((state) => state.name));
  return {
    startAt: textOf(startAt) ?? "",
    states: read.map((state) => ({ ...state, ways: state.ways.filter((way) => names.has(way.to)) })),
  };
};

/** Every state, those within Map and Parallel after the one that holds them. */
export const allStates = (machine: Machine): readonly State[] =>
  machine.states.flatMap((state) => [state, ...state.parts.flatMap(allStates)]);
