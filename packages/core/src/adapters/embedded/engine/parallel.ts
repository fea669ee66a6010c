import { attempted } from "./attempts.ts";
import { fanOut } from "./fan-out.ts";
import type { Entered, Step } from "./run.ts";

/** Every branch gets the same input; the result is the list of their outputs. One failing branch stops the others. */
export const parallel = (entered: Entered): Promise<Step> =>
  attempted(entered, async (frame, key) => {
    const { scope, state, language, name } = entered;
    const branches = state.Branches ?? [];
    const input = await language.work(frame);
    scope.run.history.add("ParallelStateStarted", name);
    const result = await fanOut(scope.signal, branches.length, branches.length, async (index, signal) => {
      const branch = branches[index];
      return branch === undefined
        ? null
        : scope.run.walk(branch, input, { ...scope, path: `${key}/branch.${index}`, isNested: true, signal });
    });
    scope.run.history.add("ParallelStateSucceeded", name);
    return language.conclude(frame, result);
  });
