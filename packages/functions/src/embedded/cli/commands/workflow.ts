import { readFile } from "node:fs/promises";
import { defineCommand } from "citty";
import { z } from "zod";
import { invalid, type Json } from "@commops/core/kernel";
import { type DefinitionResult, type DefinitionRun, runDefinition } from "../../../runtime/run-definition.ts";
import { localCommand, usageFault } from "../command.ts";

const json = z.custom<Json>((value) => value !== undefined);
const answers = z.array(
  z.union([
    z.object({ state: z.string(), output: json }).transform(({ state, output }) => ({ state, outcome: { output } })),
    z
      .object({ state: z.string(), error: z.string().nullable(), cause: z.string().nullable().default(null) })
      .transform(({ state, error, cause }) => ({ state, outcome: { error, cause } })),
  ]),
);

const readJson = async (option: string, file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw invalid(option, `${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const readAnswers = async (file: string | undefined): Promise<DefinitionRun["answers"]> => {
  if (file === undefined) return [];
  const read = answers.safeParse(await readJson("tasks", file));
  if (read.success) return read.data;
  throw invalid("tasks", `${file} must hold a list of { state, output } or { state, error, cause }`);
};

const describe = (result: DefinitionResult): string[] => [
  result.status === "SUCCEEDED"
    ? `${result.status}: ${JSON.stringify(result.output)}`
    : `${result.status}: ${result.error ?? "no error name"}, ${result.cause ?? "no cause"}`,
  `${result.history.length} events, ${result.tasks.length} task calls`,
];

const runMachine = localCommand({
  name: "run",
  description: "Run a state machine by itself, with given answers of its tasks",
  args: {
    definition: { type: "string", description: "File with the definition (Amazon States Language)", required: true },
    input: { type: "string", description: "File with the input (JSON)", required: true },
    tasks: { type: "string", description: "File with a list of { state, output } or { state, error, cause }" },
    clock: { type: "string", description: "wall waits, virtual does not", default: "wall" },
  },
  work: async (args) => {
    if (args.clock !== "wall" && args.clock !== "virtual")
      throw usageFault(`--clock is wall or virtual, not '${args.clock}'`);
    const input = json.safeParse(await readJson("input", args.input));
    const result = await runDefinition({
      definition: await readJson("definition", args.definition),
      input: input.success ? input.data : null,
      answers: await readAnswers(args.tasks),
      isVirtual: args.clock === "virtual",
    });
    return { json: result, lines: describe(result), exit: result.status === "SUCCEEDED" ? 0 : 1 };
  },
});

export const workflow = defineCommand({
  meta: { name: "workflow", description: "Workflows" },
  subCommands: { run: runMachine },
});
