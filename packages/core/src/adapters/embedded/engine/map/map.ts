import type { Json } from "../../../../kernel/index.ts";
import { attempted } from "../attempts.ts";
import { Aborted } from "../failure.ts";
import { fanOut } from "../fan-out.ts";
import type { Frame } from "../language.ts";
import { type Entered, type Scope, type Step, tell } from "../run.ts";
import { distributed } from "./distributed.ts";
import { concurrencyOf, isDistributed, itemInput, mapContext, processorOf } from "./plan.ts";

const inline = async (entered: Entered, frame: Frame, key: string, path: string): Promise<Json> => {
  const { scope, state, language, name } = entered;
  const { run } = scope;
  const processor = processorOf(state);
  language.mapInput(frame);
  const items = await language.items(frame);
  const most = (await concurrencyOf(language, frame)) || Infinity;
  const { id } = tell(scope, key, "MapStateStarted", name, { length: items.length });
  const result = await fanOut(
    scope.signal,
    items.length,
    Math.min(most, run.mostAtOnce),
    async (index, signal): Promise<Json> => {
      const item = items[index] ?? null;
      const own = `${key}/item.${index}`;
      const inner: Scope = {
        ...scope,
        path: `${path}/item.${index}`,
        map: mapContext(index, item),
        isNested: true,
        trail: { last: id },
        signal,
      };
      tell(inner, own, "MapIterationStarted", name, { index });
      try {
        const input = await itemInput(language, frame, index, item);
        const output = await run.walk(processor, input, inner);
        tell(inner, own, "MapIterationSucceeded", name, { index });
        return output;
      } catch (error) {
        tell(inner, own, error instanceof Aborted ? "MapIterationAborted" : "MapIterationFailed", name, { index });
        throw error;
      }
    },
  );
  tell(scope, key, "MapStateSucceeded", name);
  return result;
};

/** Runs a part of the machine for every item; the result is the list of outputs in the order of the items. */
export const map = (entered: Entered): Promise<Step> =>
  attempted(entered, async (frame, key, path) => {
    const run = isDistributed(entered.state) ? distributed : inline;
    return entered.language.conclude(frame, await run(entered, frame, key, path));
  });
