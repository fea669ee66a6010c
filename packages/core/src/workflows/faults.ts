import type { Json } from "../kernel/index.ts";
import { MACHINES } from "./machines.ts";
import { BUCKETS } from "./task.ts";
import { TASKS } from "./tasks.ts";

/** What is wrong with a definition, and where. */
export interface Fault {
  readonly path: string;
  readonly reason: string;
}

type Fields = { readonly [key: string]: Json | undefined };

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const fieldsOf = (value: Json | undefined): Fields => (isFields(value) ? value : {});
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** Where in a definition a rule looks. */
interface Place {
  readonly path: string;
  readonly state: Fields;
  readonly language: string;
  readonly type: "STANDARD" | "EXPRESS";
  /** Whether the state is run once for each item of a map. */
  readonly isInMap: boolean;
}

type Rule = (place: Place) => readonly string[];

const when = (isBroken: boolean, reason: string): string[] => (isBroken ? [reason] : []);

const isTask = (state: Fields): boolean => state["Type"] === "Task";
const isCallback = (state: Fields): boolean => textOf(state["Resource"]).endsWith(".waitForTaskToken");
const isSynchronous = (state: Fields): boolean => /\.sync(:2)?$/.test(textOf(state["Resource"]));

const times: Rule = ({ state }) => {
  const [timeout, heartbeat] = [state["TimeoutSeconds"], state["HeartbeatSeconds"]];
  return [
    ...when(
      isTask(state) && timeout === undefined,
      "a Task needs TimeoutSeconds: without it, it may hang for three years",
    ),
    ...when(
      typeof timeout === "number" && typeof heartbeat === "number" && heartbeat >= timeout,
      "HeartbeatSeconds must be below TimeoutSeconds, or no heartbeat is ever missed",
    ),
  ];
};

const lastCatchesAll: Rule = ({ state }) =>
  ["Retry", "Catch"].flatMap((field) => {
    const rules = listOf(state[field]).map((rule) => listOf(fieldsOf(rule)["ErrorEquals"]));
    return rules.flatMap((names, index) => {
      if (!names.includes("States.ALL")) return [];
      return [
        ...when(
          index < rules.length - 1,
          `${field}: States.ALL must stand in the last rule; those after it are never used`,
        ),
        ...when(names.length > 1, `${field}: States.ALL stands alone in its rule`),
      ];
    });
  });

const staysInLanguage: Rule = ({ state, language }) =>
  when(language === "JSONata" && state["QueryLanguage"] === "JSONPath", "a JSONata machine cannot go back to JSONPath");

const catchesInLanguage: Rule = ({ state, language }) =>
  when(
    language === "JSONata" && listOf(state["Catch"]).some((rule) => "ResultPath" in fieldsOf(rule)),
    "Catch: ResultPath is JSONPath; use Assign or Output",
  );

const resources: Rule = ({ state, type, isInMap }) => [
  ...when(
    isTask(state) && !/^arn:aws[\w-]*:(states|lambda):/.test(textOf(state["Resource"])),
    `Resource ${JSON.stringify(state["Resource"] ?? null)} is no ARN of a service`,
  ),
  ...when(
    isCallback(state) && !JSON.stringify(state["Arguments"] ?? state["Parameters"] ?? {}).includes(".Task.Token"),
    "a task that waits for its token must give the token away ($states.context.Task.Token), or nobody can answer",
  ),
  ...when(
    type === "EXPRESS" && (isCallback(state) || isSynchronous(state)),
    "an Express machine can wait neither for a token nor for another machine",
  ),
  ...when(
    isInMap && (isCallback(state) || isSynchronous(state) || state["Type"] === "Wait"),
    "nothing waits inside a Map: it holds a place that others need",
  ),
];

const catches: Rule = ({ state }) =>
  when(
    isTask(state) &&
      !listOf(state["Catch"]).some((rule) => listOf(fieldsOf(rule)["ErrorEquals"]).includes("States.ALL")),
    "a Task must catch States.ALL, so that every failure ends where it is recorded",
  );

const retries: Rule = ({ state }) => [
  ...when(
    listOf(state["Retry"]).some((rule) => {
      const names = listOf(fieldsOf(rule)["ErrorEquals"]);
      return names.includes("States.ALL") || names.includes("States.TaskFailed");
    }),
    "Retry: only errors that pass by themselves are tried again",
  ),
  ...when(
    listOf(state["Retry"]).some((rule) => fieldsOf(rule)["JitterStrategy"] !== "FULL"),
    "Retry: without jitter all that failed together come back together",
  ),
];

const maps: Rule = ({ state }) => {
  const config = fieldsOf(fieldsOf(state["ItemProcessor"])["ProcessorConfig"]);
  if (state["Type"] !== "Map") return [];
  return [
    ...when(
      typeof state["MaxConcurrency"] !== "number" || state["MaxConcurrency"] < 1,
      "a Map needs a MaxConcurrency above 0: without it, it floods what it calls",
    ),
    ...when(
      config["Mode"] === "DISTRIBUTED" && (state["ItemReader"] === undefined || state["ResultWriter"] === undefined),
      "a distributed Map needs an ItemReader and a ResultWriter: its items and results do not fit into a state",
    ),
  ];
};

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  task: Object.keys(TASKS),
  machine: Object.keys(MACHINES),
  bucket: BUCKETS,
};

/** The parts of a state that are states themselves are looked at on their own. */
const references: Rule = ({ state: { ItemProcessor: _items, Branches: _branches, ...state } }) =>
  [...JSON.stringify(state).matchAll(/\$\{([^:}]*):?([^}]*)\}/g)].flatMap(([reference, kind = "", name = ""]) =>
    when(!KNOWN[kind]?.includes(name), `${reference} names nothing that there is`),
  );

const RULES: readonly Rule[] = [
  times,
  lastCatchesAll,
  staysInLanguage,
  catchesInLanguage,
  resources,
  catches,
  retries,
  maps,
  references,
];

const targetsOf = (state: Fields): string[] =>
  [
    state["Next"],
    state["Default"],
    ...listOf(state["Catch"]).map((rule) => fieldsOf(rule)["Next"]),
    ...listOf(state["Choices"]).map((rule) => fieldsOf(rule)["Next"]),
  ].map(textOf);

/** States that no way leads to, however long it is: two that lead to each other only are not reached. */
const unreached = (part: Fields, path: string): Fault[] => {
  const states = fieldsOf(part["States"]);
  const seen = new Set<string>();
  const open = [textOf(part["StartAt"])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name) || !(name in states)) continue;
    seen.add(name);
    open.push(...targetsOf(fieldsOf(states[name])));
  }
  return Object.keys(states)
    .filter((name) => !seen.has(name))
    .map((name) => ({ path: `${path}States.${name}`, reason: "no way leads to this state" }));
};

type Around = Pick<Place, "language" | "type" | "isInMap">;

const faultsOfPart = (part: Fields, path: string, around: Around): Fault[] => {
  const language = textOf(part["QueryLanguage"]) || around.language;
  const states = Object.entries(fieldsOf(part["States"]));
  return [
    ...unreached(part, path),
    ...states.flatMap(([name, value]) => {
      const state = fieldsOf(value);
      const place = { path: `${path}States.${name}`, state, ...around, language };
      const inner = { ...around, language };
      return [
        ...RULES.flatMap((rule) => rule(place).map((reason) => ({ path: place.path, reason }))),
        ...(isFields(state["ItemProcessor"])
          ? faultsOfPart(state["ItemProcessor"], `${place.path}.ItemProcessor.`, { ...inner, isInMap: true })
          : []),
        ...listOf(state["Branches"]).flatMap((branch, index) =>
          faultsOfPart(fieldsOf(branch), `${place.path}.Branches.${index}.`, inner),
        ),
      ];
    }),
  ];
};

/** What the rules of the house say of a definition, beyond what validators of the language look at. Empty where it is sound. */
export const definitionFaults = (definition: Json, type: "STANDARD" | "EXPRESS"): Fault[] => {
  const whole = fieldsOf(definition);
  const hasLimit = typeof whole["TimeoutSeconds"] === "number";
  return [
    ...(hasLimit ? [] : [{ path: "TimeoutSeconds", reason: "a machine needs a time limit on all of it" }]),
    ...faultsOfPart(whole, "", { language: "JSONPath", type, isInMap: false }),
  ];
};
