import { accessRules } from "./access.ts";
import { edgeRules } from "./edges.ts";
import { functionRules } from "./functions.ts";
import { bucketRules, databaseRules } from "./kept.ts";
import { machineRules, scheduleRules } from "./machines.ts";
import { providerRules, providerShapes } from "./provider.ts";
import type { Rule } from "./rule.ts";
import { stageRules } from "./stage.ts";
import { watchRules } from "./watch.ts";

/** Every rule once. */
export const allRules = (root: string): readonly Rule[] => [
  ...providerRules(providerShapes(root)),
  ...stageRules,
  ...accessRules,
  ...bucketRules,
  ...databaseRules,
  ...functionRules,
  ...machineRules,
  ...scheduleRules,
  ...edgeRules,
  ...watchRules,
];
