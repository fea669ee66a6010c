import { parseArgs } from "node:util";
import { type ArgsDef, defineCommand, type ParsedArgs } from "citty";
import { Problem } from "@commops/core/kernel";
import type { Connection } from "./connection.ts";
import { type Answer, run } from "./run.ts";

/** Every command prints one JSON document with --json. */
const json = { json: { type: "boolean", description: "Print one JSON document", default: false } } as const;

interface Work<A extends ArgsDef> {
  readonly name: string;
  readonly description: string;
  readonly args: A;
  readonly work: (api: Connection, args: ParsedArgs<A>) => Promise<Answer>;
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

/** A command over the API: it reads its arguments strictly, and its answer is printed as text, or with --json as one JSON document. */
export const command = <const A extends ArgsDef>({ name, description, args, work }: Work<A>) => {
  const all = { ...args, ...json };
  return defineCommand({
    meta: { name, description },
    args: all,
    setup: ({ rawArgs }) => refuseSurplus(all, rawArgs),
    run: ({ args: read }) => run(read.json === true, (api) => work(api, read as unknown as ParsedArgs<A>)),
  });
};
