import { attempted } from "./attempts.ts";
import { fanOut } from "./fan-out.ts";
import { type Entered, type Step, tell } from "./run.ts";

/** Every branch gets the same input; the result is the list of their outputs. One failing branch stops the others. */
export const parallel = (entered: Entered): Promise<Step> =>
  attempted(entered, async (frame, key, path) => {
    const { scope, state, language, name } = entered;
    const branches = state.Branches ?? [];
    const input = await language.work(frame);
    const { id } = tell(scope, key, "ParallelStateStarted", name);
    const result = await fanOut(scope.signal, branches.length, branches.length, async (index, signal) => {
      const branch = branches[index];
      return branch === undefined
        ? null
        : scope.run.walk(branch, input, {
            ...scope,
            path: `${path}/branch.${index}`,
            isNested: true,
            trail: { last: id },
            signal,
          });
    });
    tell(scope, key, "ParallelStateSucceeded", name);
    return language.conclude(frame, result);
  });
