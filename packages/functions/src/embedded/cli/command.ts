import { parseArgs } from "node:util";
import { type ArgsDef, defineCommand, type ParsedArgs } from "citty";
import { Problem } from "@commops/core/kernel";
import type { Connection } from "./requester.ts";
import { type Answer, run, runLocally } from "./run.ts";

/** Every command prints one JSON document with --json. */
const json = { json: { type: "boolean", description: "Print one JSON document", default: false } } as const;

interface Described<A extends ArgsDef> {
  readonly name: string;
  readonly description: string;
  readonly args: A;
}

interface Work<A extends ArgsDef> extends Described<A> {
  readonly work: (api: Connection, args: ParsedArgs<A>) => Promise<Answer>;
}

interface LocalWork<A extends ArgsDef> extends Described<A> {
  readonly work: (args: ParsedArgs<A>) => Promise<Answer>;
}

export const usageFault = (message: string): Problem => new Problem("invalid", "INVALID_ARGUMENT", message);

/** Refuses options that the command does not have and more arguments than it takes: a misspelt option must not be ignored. */
const refuseSurplus = (args: ArgsDef, given: readonly string[]): void => {
  const named = Object.entries(args).filter(([, arg]) => arg.type !== "positional");
  const options = Object.fromEntries(
    named.map(([name, arg]) => [name, { type: arg.type === "boolean" ? ("boolean" as const) : ("string" as const) }]),
  );
  const { positionals } = (() => {
    try {
      return parseArgs({ args: [...given], options, allowPositionals: true, strict: true });
    } catch (error) {
      throw usageFault(`${error instanceof Error ? error.message : String(error)}. See commops --help.`);
    }
  })();
  const surplus = positionals[Object.keys(args).length - named.length];
  if (surplus !== undefined) throw usageFault(`Unexpected argument '${surplus}'. See commops --help.`);
};

/** Reads the arguments strictly before the work begins. */
const strict = <const A extends ArgsDef>(
  { name, description, args }: Described<A>,
  start: (isJson: boolean, args: ParsedArgs<A>) => Promise<void>,
) => {
  const all = { ...args, ...json };
  return defineCommand({
    meta: { name, description },
    args: all,
    setup: ({ rawArgs }) => refuseSurplus(all, rawArgs),
    run: ({ args: read }) => start(read.json === true, read as unknown as ParsedArgs<A>),
  });
};

/** A command over the API: its answer is printed as text, or with --json as one JSON document. */
export const command = <const A extends ArgsDef>(described: Work<A>) =>
  strict(described, (isJson, args) => run(isJson, (api) => described.work(api, args)));

/** A command that needs no server and no database; it answers as the others do. */
export const localCommand = <const A extends ArgsDef>(described: LocalWork<A>) =>
  strict(described, (isJson, args) => runLocally(isJson, () => described.work(args)));
