import type { Json } from "../../../../kernel/index.ts";
import type { ObjectStore } from "../effects.ts";
import { Failure } from "../failure.ts";
import { isArray, isObject, type JsonObject } from "../json.ts";
import type { Frame } from "../language.ts";
import { randomOf } from "../random.ts";
import type { Entered, ExecutionResult, Identity } from "../run.ts";

/** One child of a distributed map that has ended. */
export interface ChildRun {
  readonly identity: Identity;
  readonly input: Json;
  /** How many items it stood for. */
  readonly size: number;
  readonly result: ExecutionResult;
}

interface Config {
  readonly transformation: string;
  readonly isLines: boolean;
}

const iso = (at: number): string => new Date(at).toISOString();

/** A child as the API describes an execution: input and output as JSON text. */
const described = ({ identity, input, result }: ChildRun): JsonObject => ({
  ExecutionArn: identity.executionArn,
  Input: JSON.stringify(input),
  InputDetails: { Included: true },
  Name: identity.executionName,
  ...(result.output === undefined
    ? { Error: result.error, Cause: result.cause }
    : { Output: JSON.stringify(result.output), OutputDetails: { Included: true } }),
  StartDate: iso(result.startedAt),
  StateMachineArn: identity.machineArn,
  Status: result.status,
  StopDate: iso(result.stoppedAt),
});

const configOf = (writer: JsonObject): Config => {
  const config = isObject(writer.WriterConfig) ? writer.WriterConfig : {};
  const isExported = writer.Resource !== undefined;
  const transformation =
    typeof config.Transformation === "string" ? config.Transformation : isExported ? "NONE" : "COMPACT";
  return { transformation, isLines: config.OutputType === "JSONL" };
};

/** Results as the writer is to show them: whole executions, their outputs, or the items of outputs that are lists. */
const transformed = (runs: readonly ChildRun[], { transformation }: Config): Json[] => {
  if (transformation === "NONE") return runs.map(described);
  const outputs = runs.map((run) => run.result.output ?? described(run));
  return transformation === "FLATTEN"
    ? outputs.flatMap((output) => (isArray(output) ? [...output] : [output]))
    : outputs;
};

const textOf = (rows: readonly Json[], { isLines }: Config): string =>
  isLines ? rows.map((row) => `${JSON.stringify(row)}\n`).join("") : JSON.stringify(rows);

interface Target {
  readonly bucket: string;
  readonly folder: string;
}

/** Writes one file for the runs that ended in one way, and names it for the manifest. */
const writeRuns = async (
  objects: ObjectStore,
  { bucket, folder }: Target,
  status: string,
  runs: readonly ChildRun[],
  config: Config,
): Promise<Json[]> => {
  if (runs.length === 0) return [];
  const key = `${folder}/${status}_0.${config.isLines ? "jsonl" : "json"}`;
  const text = textOf(transformed(runs, config), config);
  await objects.write(bucket, key, text);
  return [{ Key: key, Size: Buffer.byteLength(text) }];
};

const exported = async (
  runs: readonly ChildRun[],
  entered: Entered,
  target: Target,
  mapRunArn: string,
  config: Config,
) => {
  const { objects } = entered.scope.run.effects;
  const isSuccess = (run: ChildRun): boolean => run.result.status === "SUCCEEDED";
  const manifest = {
    DestinationBucket: target.bucket,
    MapRunArn: mapRunArn,
    ResultFiles: {
      FAILED: await writeRuns(
        objects,
        target,
        "FAILED",
        runs.filter((run) => !isSuccess(run)),
        config,
      ),
      PENDING: [],
      SUCCEEDED: await writeRuns(objects, target, "SUCCEEDED", runs.filter(isSuccess), config),
    },
  };
  const key = `${target.folder}/manifest.json`;
  await objects.write(target.bucket, key, JSON.stringify(manifest));
  return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket: target.bucket, Key: key } };
};

/** The result of a distributed map: the outputs, or with ResultWriter where they were written. Throws States.ResultWriterFailed. */
export const writeResults = async (
  runs: readonly ChildRun[],
  entered: Entered,
  frame: Frame,
  key: string,
  outputs: readonly Json[],
): Promise<Json> => {
  const { scope, state, language, name } = entered;
  const writer = state.ResultWriter;
  if (writer === undefined) return outputs;
  const config = configOf(writer);
  if (writer.Resource === undefined) return transformed(runs, config);
  const where = await language.template(frame, "ResultWriter", writer.Parameters ?? writer.Arguments ?? {});
  if (!isObject(where) || typeof where.Bucket !== "string")
    throw new Failure("States.ResultWriterFailed", "The result writer needs a Bucket.");
  const { identity, seed, effects } = scope.run;
  const id = randomOf(seed, `${key}/map-run`).uuid();
  const base = identity.machineArn.split(":").slice(0, 5).join(":");
  const mapRunArn = `${base}:mapRun:${identity.machineName}/${state.Label ?? name}:${id}`;
  const prefix = typeof where.Prefix === "string" && where.Prefix !== "" ? `${where.Prefix.replace(/\/$/, "")}/` : "";
  const target = { bucket: where.Bucket, folder: `${prefix}${id}` };
  return effects.journal.once(`${key}/results`, () => exported(runs, entered, target, mapRunArn, config));
};
