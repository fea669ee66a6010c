import type { Json } from "../../../../kernel/index.ts";
import { attempted } from "../attempts.ts";
import { Aborted } from "../failure.ts";
import { fanOut } from "../fan-out.ts";
import type { Frame } from "../language.ts";
import type { Entered, Step } from "../run.ts";
import { distributed } from "./distributed.ts";
import { concurrencyOf, isDistributed, itemInput, mapContext, processorOf } from "./plan.ts";

const inline = async (entered: Entered, frame: Frame, key: string): Promise<Json> => {
  const { scope, state, language, name } = entered;
  const { run } = scope;
  const processor = processorOf(state);
  language.mapInput(frame);
  const items = await language.items(frame);
  const most = (await concurrencyOf(language, frame)) || Infinity;
  run.history.add("MapStateStarted", name);
  const result = await fanOut(
    scope.signal,
    items.length,
    Math.min(most, run.mostAtOnce),
    async (index, signal): Promise<Json> => {
      const item = items[index] ?? null;
      run.history.add("MapIterationStarted", name);
      try {
        const input = await itemInput(language, frame, index, item);
        const path = `${key}/item.${index}`;
        const inner = { ...scope, path, map: mapContext(index, item), isNested: true, signal };
        const output = await run.walk(processor, input, inner);
        run.history.add("MapIterationSucceeded", name);
        return output;
      } catch (error) {
        run.history.add(error instanceof Aborted ? "MapIterationAborted" : "MapIterationFailed", name);
        throw error;
      }
    },
  );
  run.history.add("MapStateSucceeded", name);
  return result;
};

/** Runs a part of the machine for every item; the result is the list of outputs in the order of the items. */
export const map = (entered: Entered): Promise<Step> =>
  attempted(entered, async (frame, key) => {
    const run = isDistributed(entered.state) ? distributed : inline;
    return entered.language.conclude(frame, await run(entered, frame, key));
  });
