import { afterAll, beforeAll } from "vitest";
import { endingRules } from "./workflows-contract/ending.ts";
import { contractSetting, type WorkflowsSetting } from "./workflows-contract/machines.ts";
import { childRules, historyRules, listRules } from "./workflows-contract/reading.ts";
import { type OpenedWorkflows, use } from "./workflows-contract/rig.ts";
import { refusedStarts, startingRules } from "./workflows-contract/starting.ts";
import { tokenRules } from "./workflows-contract/tokens.ts";

/** What every adapter of the Workflows port keeps. `open` gives one that has the machines and tasks of the setting, and nothing else. */
export const workflowsContract = (open: (setting: WorkflowsSetting) => Promise<OpenedWorkflows>): void => {
  let opened: OpenedWorkflows | undefined;
  beforeAll(async () => {
    opened = await open(contractSetting());
    use(opened);
  });
  afterAll(() => opened?.close());
  startingRules();
  refusedStarts();
  historyRules();
  listRules();
  childRules();
  tokenRules();
  endingRules();
};
