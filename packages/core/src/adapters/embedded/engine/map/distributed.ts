import type { Json } from "../../../../kernel/index.ts";
import { Aborted, runtimeFault } from "../failure.ts";
import { fanOut } from "../fan-out.ts";
import { isArray } from "../json.ts";
import type { Frame } from "../language.ts";
import { checkSize } from "../limits.ts";
import { randomOf } from "../random.ts";
import { type Entered, executionArn, type Identity, tell } from "../run.ts";
import { batchesOf, type Batch } from "./batches.ts";
import { readItems } from "./item-reader.ts";
import {
  concurrencyOf,
  isExceeded,
  itemInputs,
  processorOf,
  thresholdExceeded,
  type Tolerance,
  toleranceOf,
} from "./plan.ts";
import { type ChildRun, writeResults } from "./result-writer.ts";

const itemsOf = async (entered: Entered, frame: Frame, key: string): Promise<readonly Json[]> => {
  const { language, scope, state } = entered;
  language.mapInput(frame);
  const { ItemReader } = state;
  if (ItemReader === undefined) return language.items(frame);
  // Pinned: when the execution goes on after a crash, item N is the same as before.
  const items: Json = await scope.run.effects.journal.once(`${key}/items`, () => readItems(ItemReader, entered, frame));
  if (!isArray(items)) throw runtimeFault("The journal holds no list of items");
  return items;
};

/** Each child has an execution of its own, with its own history and without the variables of its parent. */
const childIdentity = ({ scope, state, name }: Entered, childName: string): Identity => {
  const { identity } = scope.run;
  const machineName = `${identity.machineName}/${state.Label ?? name}`;
  const type = processorOf(state).ProcessorConfig?.ExecutionType === "EXPRESS" ? "EXPRESS" : "STANDARD";
  const base = identity.machineArn.split(":").slice(0, 5).join(":");
  return {
    ...identity,
    type,
    executionName: childName,
    executionArn: executionArn(base, type, machineName, childName, childName),
    machineArn: `${base}:stateMachine:${machineName}`,
    machineName,
  };
};

const runChild = async (entered: Entered, batch: Batch, path: string, signal: AbortSignal): Promise<ChildRun> => {
  const { scope, state } = entered;
  const identity = childIdentity(entered, randomOf(scope.run.seed, `${path}/name`).uuid());
  const machine = processorOf(state);
  checkSize(entered.name, batch.input);
  const result = await scope.run.effects.journal.once(`${path}/ended`, async () => {
    const language = machine.QueryLanguage ?? scope.language;
    const ended = await scope.run.startChild({ machine, input: batch.input, identity, language, path, signal });
    if (ended.status === "ABORTED") throw new Aborted();
    return ended;
  });
  return { identity, input: batch.input, size: batch.size, result };
};

const failedItems = (runs: readonly ChildRun[]): number =>
  runs.reduce((sum, run) => (run.result.status === "SUCCEEDED" ? sum : sum + run.size), 0);

/** Runs the children, and stops at once when more items failed than are tolerated. */
const runAll = async (
  entered: Entered,
  batches: readonly Batch[],
  most: number,
  tolerance: Tolerance,
  key: string,
): Promise<readonly ChildRun[]> => {
  const { scope } = entered;
  const total = batches.reduce((sum, batch) => sum + batch.size, 0);
  const done: ChildRun[] = [];
  return fanOut(scope.signal, batches.length, Math.min(most, scope.run.mostAtOnce), async (index, signal) => {
    const batch = batches[index] ?? { input: null, size: 0 };
    const run = await runChild(entered, batch, `${key}/item.${index}`, signal);
    done.push(run);
    if (isExceeded(tolerance, failedItems(done), total)) throw thresholdExceeded();
    return run;
  });
};

const outputsOf = (runs: readonly ChildRun[]): Json[] =>
  runs.flatMap(({ result }) => (result.output === undefined ? [] : [result.output]));

/** A Map in distributed mode: an execution of its own for each item or batch. */
export const distributed = async (entered: Entered, frame: Frame, key: string, path: string): Promise<Json> => {
  const { scope, language, state, name } = entered;
  const most = (await concurrencyOf(language, frame)) || Infinity;
  const direct = state.ItemReader === undefined ? await itemsOf(entered, frame, path) : undefined;
  tell(scope, key, "MapStateStarted", name);
  const tolerance = await toleranceOf(language, frame);
  tell(scope, key, "MapRunStarted", name);
  try {
    const items = direct ?? (await itemsOf(entered, frame, path));
    const batches = await batchesOf(await itemInputs(language, frame, items), language, frame);
    const runs = await runAll(entered, batches, most, tolerance, path);
    const result = await writeResults(runs, entered, frame, key, outputsOf(runs));
    tell(scope, key, "MapRunSucceeded", name);
    tell(scope, key, "MapStateSucceeded", name);
    return result;
  } catch (error) {
    tell(scope, key, error instanceof Aborted ? "MapRunAborted" : "MapRunFailed", name);
    throw error;
  }
};
