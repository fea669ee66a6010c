import { stripVTControlCharacters } from "node:util";
import { defineCommand, renderUsage, runCommand, runMain, type showUsage } from "citty";
import { version } from "../../version.ts";
import { usageFault } from "./command.ts";
import { audit } from "./commands/audit.ts";
import { allocate, cost } from "./commands/cost.ts";
import { cur } from "./commands/cur.ts";
import { tenants, usage } from "./commands/imports.ts";
import { invoice } from "./commands/invoice.ts";
import { rules } from "./commands/rules.ts";
import { token } from "./commands/token.ts";
import { fail } from "./run.ts";

const main = defineCommand({
  meta: {
    name: "commops",
    version,
    description: "Commercial-Ops on this machine, through the running server when there is one",
  },
  subCommands: {
    cur,
    cost,
    allocate,
    tenants,
    usage,
    invoice,
    rules,
    audit,
    token,
    // The engine is large, and no other command needs it.
    workflow: async () => (await import("./commands/workflow.ts")).workflow,
  },
});

const plainWhenPiped: typeof showUsage = async (command, parent) => {
  const text = await renderUsage(command, parent);
  process.stdout.write(`${process.stdout.isTTY ? text : stripVTControlCharacters(text)}\n\n`);
};

/** The library's own errors are about how the command was called; it would end with 1, which is for findings here. */
const asFault = (error: unknown): unknown =>
  error instanceof Error && error.name === "CLIError"
    ? usageFault(`${stripVTControlCharacters(error.message).replace(/\.$/, "")}. See commops --help.`)
    : error;

/** A reader that has seen enough (`| head`) is no fault: the command ends as it would have, whoever reads. */
const endsQuietly = (stream: NodeJS.WriteStream): void =>
  void stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
endsQuietly(process.stdout);
endsQuietly(process.stderr);

const given = process.argv.slice(2);
const asksForHelp = given.some((arg) => arg === "--help" || arg === "-h");
if (asksForHelp || (given.length === 1 && given[0] === "--version")) await runMain(main, { showUsage: plainWhenPiped });
else
  await runCommand(main, { rawArgs: given }).catch((error: unknown) => fail(asFault(error), given.includes("--json")));
