import { TASKS, type TaskTraits } from "@commops/core/workflows";
import { makeFunction, type World } from "./function.ts";
import { statementsFor } from "./permissions.ts";
import { pascal } from "./stage.ts";

/** A function and a role for every task of the list, with its time, memory and permissions. */
export const makeTasks = (world: World): ReadonlyMap<string, sst.aws.Function> => {
  const made = new Map<string, sst.aws.Function>();
  for (const [name, traits] of Object.entries<TaskTraits>(TASKS)) {
    const task = makeFunction(`Task${pascal(name)}`, world, {
      name: `task-${name}`,
      handler: "packages/functions/src/lambda/task.handler",
      does: traits.does,
      timeoutSeconds: traits.timeoutSeconds,
      memoryMb: traits.memoryMb,
      statements: statementsFor(traits.permissions, world),
      from: traits.permissions.includes("mail:send") ? "outward" : "inside",
      environment: { COMMOPS_TASK: name },
      reads: (path) => traits.permissions.includes("files:write") && path.includes("/@expo-google-fonts/"),
    });
    made.set(name, task);
  }
  return made;
};
