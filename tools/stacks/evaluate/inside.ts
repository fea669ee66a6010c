/**
 * Runs inside the evaluated program, in a process of its own: stands in for Pulumi's engine, answers as AWS would where the program asks
 * something, and writes down every resource when nothing is left to do. A program whose outputs wait for each other ends by itself, so
 * that nothing is lost by stopping too early.
 */
import { writeFileSync } from "node:fs";
import { answer } from "./answers.ts";
import type { Resource } from "./evaluation.ts";
import { stateOf } from "./state.ts";

type Values = Record<string, unknown>;

interface Registration {
  getType(): string;
  getName(): string;
  getRetainondelete(): boolean;
}

/** What is used of @pulumi/pulumi, which is installed inside .sst only. */
interface Pulumi {
  readonly runtime: {
    setMocks(
      mocks: {
        newResource(args: { type: string; name: string; inputs: Values; id?: string }): { id: string; state: Values };
        call(args: { token: string; inputs: Values }): Values;
      },
      project: string,
      stack: string,
      preview: boolean,
    ): Promise<void>;
    getMonitor(): { registerResource(request: Registration, callback: unknown): unknown } | undefined;
  };
  readonly log: { hasErrors(): boolean };
}

const key = (type: string, name: string): string => `${type} ${name}`;

/** Has the program register its resources here; they are in the file `out` when the process ends with code 0. */
export const standIn = async (
  pulumi: Pulumi,
  app: { readonly name: string; readonly stage: string },
  out: string,
): Promise<void> => {
  const resources = new Map<string, Resource>();
  const retained = new Set<string>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs: given, id }) => {
        const inputs = unwrapped(given) as Values;
        const state = stateOf(type, name, inputs);
        const found = { id: id === undefined || id === "" ? idOf(state, name) : id, state };
        resources.set(key(type, name), { type, name, inputs, state: { ...state, id: found.id }, isRetained: false });
        return found;
      },
      call: ({ token, inputs }) => answer(token, inputs),
    },
    app.name,
    app.stage,
    false,
  );
  watchRetention(pulumi, retained);
  process.once("beforeExit", () => {
    if (pulumi.log.hasErrors()) process.exit(1);
    const all = [...resources.entries()].map(([id, resource]) => ({ ...resource, isRetained: retained.has(id) }));
    writeFileSync(out, JSON.stringify(all));
  });
};

/** How Pulumi marks a secret on its way to the engine. */
const SECRET = "4dabf18193072939515e22adb298388d";

/** Values as they would reach AWS: secrets are shown, which here are none. */
const unwrapped = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value && "value" in value) return unwrapped(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unwrapped(inner)]));
};

const idOf = (state: Values, name: string): string => (typeof state["id"] === "string" ? state["id"] : `${name}-id`);

/** The stand-in is not told of options, only the engine is: it is asked on the way. */
const watchRetention = (pulumi: Pulumi, retained: Set<string>): void => {
  const monitor = pulumi.runtime.getMonitor();
  if (monitor === undefined) throw new Error("Pulumi has no monitor after setMocks");
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    if (request.getRetainondelete()) retained.add(key(request.getType(), request.getName()));
    return register(request, callback);
  };
};
